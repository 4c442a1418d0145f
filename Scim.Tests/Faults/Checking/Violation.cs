namespace Scim.Tests.Faults.Checking;

/// <summary>What holds whatever fails; docs/reliability.md says it in words.</summary>
internal enum Invariant
{
    AcknowledgedIsStored,
    NothingIsStoredTwice,
    RefusedIsNotStored,
    NothingIsStoredUnasked,
    AnswersAreTrue,
    VersionsHaveNoGap,
    EveryEventHasItsCommit,
    HistoryIsChained,
    DirectoryIsTheFold,
    MembersAreThere,
    OneHolderOfAName,
    TwoLiveTokens,
    RevokedIsShutOut,
    NothingCrossesOrganizations,
    ReadsAreNeverOlder,
    AnswersObeyTheContract,
    NothingIsLeftOpen,
}

/// <summary>One place where an invariant does not hold.</summary>
internal sealed record Violation(Invariant Invariant, string What);
