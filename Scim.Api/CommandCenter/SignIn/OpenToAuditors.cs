namespace Scim.Api.CommandCenter.SignIn;

/// <summary>Marks a form that changes nothing of the organization, so that an auditor may send it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OpenToAuditors : Attribute;
