using System.Text;
namespace Scim.Domain.Protocol;
/// <summary>Interim.</summary>
public static class CanonicalKey
{
    /// <summary>Interim.</summary>
    public static string Of(string s) => s.Normalize(NormalizationForm.FormKD).ToLowerInvariant().Normalize(NormalizationForm.FormKC);
    /// <summary>Interim.</summary>
    public static string OfUserName(string s) => Of(s);
}
