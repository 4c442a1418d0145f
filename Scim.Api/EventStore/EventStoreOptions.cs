using System.Text.Encodings.Web;
using System.Text.Json;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Marten;
using Scim.Api.EventStore.Sealing;
using Scim.Api.EventStore.Versions;
using Scim.Domain.Protocol.Json;

namespace Scim.Api.EventStore;

/// <summary>How Marten is used: one registration, read top to bottom.</summary>
internal static class EventStoreOptions
{
    /// <summary>How events and documents become JSON: camelCase, text as it is, our own values and personal ones.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ScimValueConverter(), new PersonalConverter(), new UserDocumentConverter(), new GroupDocumentConverter() },
    };

    /// <summary>As Marten writes documents by it: those without a converter of ours stand under the names of their properties.</summary>
    internal static JsonSerializerOptions Documents { get; } = new(Json) { PropertyNamingPolicy = null };

    internal static DocumentStore BuildStore(Placement placement, SealedEvents sealing, TimeProvider clock, AutoCreate autoCreate = AutoCreate.None)
    {
        var o = new StoreOptions();
        o.Tenancy = new ShardTenancy(o, placement);
        o.AutoCreateSchemaObjects = autoCreate; // at run time the schema is asserted, never made
        o.Logger(new QuietMartenLogger());
        o.DisableNpgsqlLogging = true; // Npgsql would log statements with their parameters
        // Nothing is sent twice: what a failure means is decided in one place, by StoreFailure. Saves have a policy of their own.
        o.ConfigurePolly(_ => { });
        o.ConfigureWritePolly(_ => { });
        o.DatabaseSchemaName = "directory";
        o.UseSystemTextJsonForSerialization(Json);

        // Every row names its organization.
        o.Policies.AllDocumentsAreMultiTenanted();
        o.Events.TenancyStyle = TenancyStyle.Conjoined;

        // The history: sealed frames under pinned names, dated in milliseconds, with the actor and our headers.
        o.Events.DatabaseSchemaName = "history";
        o.Events.StreamIdentity = StreamIdentity.AsGuid;
        o.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        o.Events.TimeProvider = new MillisecondClock(clock);
        o.Events.MetadataConfig.UserNameEnabled = true;
        o.Events.MetadataConfig.HeadersEnabled = true;
        foreach (var (type, name) in EventTypes.Names)
        {
            o.Events.MapEventType(type, name);
            UseFrames(o, type, sealing);
        }

        // The directory: inline, because a provider reads it in its next request, and a decision is made on it.
        o.Projections.Add(new UserProjection(), ProjectionLifecycle.Inline);
        o.Projections.Add(new GroupProjection(), ProjectionLifecycle.Inline);
        // The members, a row each: inline, because an identity provider asks for them in its next request.
        o.Projections.Add(new MemberRows(), ProjectionLifecycle.Inline);
        // What the directory was holds people too: inline, because an erasure is whole or is none.
        o.Projections.Add(new ErasedVersions(), ProjectionLifecycle.Inline);
        // The switch and the tokens: inline, because a revocation bites at once.
        o.Projections.Add(new OrganizationProjection(), ProjectionLifecycle.Inline);

        DirectorySchema.Configure(o);
        return new DocumentStore(o);
    }

    static void UseFrames(StoreOptions o, Type type, SealedEvents sealing) =>
        typeof(Marten.Events.IEventStoreOptions).GetMethod(nameof(Marten.Events.IEventStoreOptions.UseBinarySerializer))!
            .MakeGenericMethod(type).Invoke(o.Events, [sealing]);
}

/// <summary>Instants in whole milliseconds: what SCIM prints must be found again by what was printed.</summary>
internal sealed class MillisecondClock(TimeProvider clock) : TimeProvider
{
    public override DateTimeOffset GetUtcNow()
    {
        var now = clock.GetUtcNow();
        return new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
    }

    public override long GetTimestamp() => clock.GetTimestamp();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
}
