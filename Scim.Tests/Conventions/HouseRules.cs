using System.Reflection;
using Scim.Api.EventStore;
using Scim.Domain.Groups;
using Scim.Domain.History;
using Scim.Domain.Organizations;
using Scim.Domain.Protocol;
using Scim.Domain.Users;

namespace Scim.Tests.Conventions;

/// <summary>What the house promises and no compiler checks.</summary>
public class HouseRules
{
    static readonly Assembly Domain = typeof(ScimException).Assembly;

    [Fact]
    public void The_domain_references_nothing_that_does_IO()
    {
        string[] allowed = ["System.Runtime", "System.Collections", "System.Collections.Immutable", "System.Linq", "System.Memory", "System.Text.Json", "System.Text.Encodings.Web",
            "System.Security.Cryptography", "System.Runtime.Numerics", "System.Collections.Concurrent", "System.Collections.Frozen", "System.Text.Encoding.Extensions", "System.Threading", "System.Runtime.InteropServices"];
        Assert.Empty(Domain.GetReferencedAssemblies().Select(a => a.Name!).Except(allowed));
    }

    [Fact]
    public void Every_event_has_a_pinned_name_of_its_own()
    {
        var events = Domain.GetTypes().Where(t => !t.IsAbstract && (t.IsSubclassOf(typeof(UserEvent)) || t.IsSubclassOf(typeof(GroupEvent)) || t.IsSubclassOf(typeof(OrganizationEvent)))).ToArray();
        Assert.Equal(events.OrderBy(t => t.Name), EventTypes.Names.Keys.OrderBy(t => t.Name));
        Assert.Equal(events.Length, EventTypes.Names.Values.Distinct().Count());
        Assert.All(EventTypes.Names.Values, name => Assert.Matches("^[a-z]+(_[a-z]+)*$", name));
    }

    [Fact]
    public void Everything_about_a_person_says_so_and_carries_the_label()
    {
        foreach (var type in EventTypes.Names.Keys.Where(t => typeof(UserEvent).IsAssignableFrom(t) && t != typeof(UserErased)))
            Assert.Equal(typeof(Personal<string>), type.GetProperty("Label")?.PropertyType);
    }

    [Fact]
    public void Nothing_personal_stands_open_in_an_event()
    {
        Type[] open = [typeof(Guid), typeof(bool), typeof(DateTimeOffset), typeof(IReadOnlyList<string>)];
        foreach (var type in EventTypes.Names.Keys.Where(t => typeof(IAboutPerson).IsAssignableFrom(t)))
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                var of = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                Assert.True(open.Contains(of) || of.IsGenericType && of.GetGenericTypeDefinition() == typeof(Personal<>) || property.Name is "Source" or "Role" or "Issuer" || type == typeof(UserErased), $"{type.Name}.{property.Name}");
            }
    }
}
