namespace CoAgent.Benchmarks.Core;

/// <summary>The steps that are timed one by one; none of them conflicts with anything.</summary>
internal enum StepKind
{
    ProposeRead,
    EndRead,
    ProposeBlindWrite,
    EndBlindWrite,
    ProposeReadModifyWrite,
    EndReadModifyWrite,
    ProposeCreate,
    EndCreate,
    ProposeHotRead,
    EndHotRead,

    /// <summary>A guest begins, with a rank that it gives.</summary>
    BeginGiven,

    /// <summary>A guest finishes, and its calls are folded.</summary>
    FinishAndFold,

    /// <summary>An agent begins and is placed above all.</summary>
    BeginArrival,
}

/// <summary>The kinds by what is done.</summary>
internal static class StepKinds
{
    public static readonly IReadOnlyList<StepKind> All = Enum.GetValues<StepKind>();

    public static StepKind Propose(CallShape shape) => StepKind.ProposeRead + (2 * (int)shape);

    public static StepKind End(CallShape shape) => StepKind.EndRead + (2 * (int)shape);

    public static string NameOf(StepKind kind) => kind switch
    {
        StepKind.ProposeRead => "Propose read",
        StepKind.EndRead => "Ended read",
        StepKind.ProposeBlindWrite => "Propose blind write",
        StepKind.EndBlindWrite => "Ended blind write",
        StepKind.ProposeReadModifyWrite => "Propose read-modify-write",
        StepKind.EndReadModifyWrite => "Ended read-modify-write",
        StepKind.ProposeCreate => "Propose create, with listing",
        StepKind.EndCreate => "Ended create, with listing",
        StepKind.ProposeHotRead => "Propose read of what all read",
        StepKind.EndHotRead => "Ended read of what all read",
        StepKind.BeginGiven => "Begin, rank given",
        StepKind.FinishAndFold => $"Finish, folding {StepLoad.CallsPerGuest} calls",
        StepKind.BeginArrival => "Begin, placed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
