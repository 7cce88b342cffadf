using System.Text;
using CoAgent.Protocol.Tests.Plays;
using Xunit.Sdk;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>Plays the rows of the matrix and says what came out.</summary>
internal static class Matrix
{
    /// <summary>Enough orders of submits and ends of one row.</summary>
    private const int OrdersMax = 5_500;

    /// <summary>Orders that are drawn where there are more.</summary>
    private const int DrawnCount = 1_000;

    /// <summary>Orders of whole calls are always tried all; this only ends what does not end.</summary>
    private const int WholeOrdersMax = 100_000;

    private const string Header = """
        Anomalies: none, on the schedule as written; mtpo, as written and in every order tried
        (orders of whole calls, all, + orders in which calls are submitted and end: all, or so many … and 1000 drawn)

        """;

    /// <summary>What becomes of a row under the protocol, and without.</summary>
    public static RowResult Play(AnomalyRow row)
    {
        bool? none = row.CanHappenUncoordinated ? row.Holds(Uncoordinated.Run(row.Play, row.Schedule)) : null;
        var tried = "";
        var failure = FailureOf(() => tried = Try(row, RuleSet.All));
        return new RowResult(row.Id, row.MustHold, none, failure, tried);
    }

    /// <summary>What becomes of a row that is played once.</summary>
    public static RowResult Play(ScriptedRow row) =>
        new(row.Id, row.MustHold, HoldsUncoordinated: null, FailureOf(() => row.Play(RuleSet.All)), "by hand");

    /// <summary>What is wrong with a row under some rules, as written or in another order; null: nothing.</summary>
    public static string? FailureOf(AnomalyRow row, RuleSet rules) => FailureOf(() => Try(row, rules));

    /// <summary>What is wrong with a row that is played once under some rules; null: nothing.</summary>
    public static string? FailureOf(ScriptedRow row, RuleSet rules) => FailureOf(() => row.Play(rules));

    public static string Table(IEnumerable<RowResult> results)
    {
        var table = new StringBuilder(Header);
        foreach (var result in results)
        {
            table.AppendLine(result.ToString());
        }

        return table.ToString();
    }

    private static string Try(AnomalyRow row, RuleSet rules)
    {
        var options = new ProtocolOptions { Rules = rules };
        var serial = Uncoordinated.RunSerially(row.Play);
        PlayException.Require(row.Holds(serial), $"the serial run ends with {serial}");
        Check(row, serial, Schedules.AsWritten(row.Play, options, row.Schedule), $"as written ({row.Schedule})");
        var whole = Schedules.Every(row.Play, options, isWhole: true, WholeOrdersMax, See);
        PlayException.Require(whole.IsAll, "there are more orders than are tried");
        var split = Schedules.Every(row.Play, options, isWhole: false, OrdersMax, See);
        for (var seed = 1; seed <= DrawnCount && !split.IsAll; seed++)
        {
            Check(row, serial, Schedules.AtRandom(row.Play, options, seed), $"seed {seed}");
        }

        return $"{whole.Count} + {split.Count}{(split.IsAll ? "" : "…")}";

        void See(Run run, IReadOnlyList<int> path) => Check(row, serial, run, string.Join(' ', path));
    }

    private static void Check(AnomalyRow row, PlayEnd serial, Run run, string schedule)
    {
        var end = run.End;
        PlayException.Require(row.Holds(end), $"not {row.MustHold}, but {end}; {schedule}");
        PlayException.Require(row.HoldsInRun(run), $"not {row.MustHold}; {schedule}");
        PlayException.Require(end.DifferenceFrom(serial) is null, $"{end.DifferenceFrom(serial)}; {schedule}");
    }

    private static string? FailureOf(Action play)
    {
        try
        {
            play();
            return null;
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            return failure.Message;
        }
    }

    private static bool IsFailure(Exception failure) => failure
        is PlayException or XunitException or InvariantException or InvalidOperationException or KeyNotFoundException
        or ArgumentException or FormatException or NullReferenceException;
}

/// <summary>What became of a row.</summary>
/// <param name="Id">The row.</param>
/// <param name="MustHold">What must hold.</param>
/// <param name="HoldsUncoordinated">
/// Whether it holds without a protocol, on the schedule as written; null where that cannot be played.
/// </param>
/// <param name="Failure">What was wrong under the protocol; null: nothing.</param>
/// <param name="Tried">The orders that were tried under the protocol.</param>
internal sealed record RowResult(string Id, string MustHold, bool? HoldsUncoordinated, string? Failure, string Tried)
{
    public override string ToString()
    {
        var marks = $"none: {Mark(HoldsUncoordinated)}  mtpo: {Mark(Failure is null)}";
        return $"  {Id,-24} {marks}  {Tried,-13} {Failure ?? MustHold}";
    }

    private static char Mark(bool? holds) => holds switch
    {
        true => '✓',
        false => '✗',
        null => '–',
    };
}
