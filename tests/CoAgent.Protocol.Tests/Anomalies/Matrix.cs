using System.Text;
using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>Plays the rows of the matrix and says what came out.</summary>
internal static class Matrix
{
    /// <summary>Enough orders of submits and ends of one row; beyond, orders are drawn by seed.</summary>
    private const int OrdersMax = 3_000;

    /// <summary>Orders of whole calls are always tried all; this only ends what does not end.</summary>
    private const int WholeOrdersMax = 100_000;

    /// <summary>What becomes of a row under the protocol, and without.</summary>
    public static RowResult Play(AnomalyRow row)
    {
        var none = row.Holds(Uncoordinated.Run(row.Play, row.Schedule));
        try
        {
            return new RowResult(row, none, Try(row, RuleSet.All), Failure: null);
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            return new RowResult(row, none, "", failure.Message);
        }
    }

    /// <summary>Whether a row breaks when rules are off, as written or in some order.</summary>
    public static bool Breaks(AnomalyRow row, RuleSet rules)
    {
        try
        {
            Try(row, rules);
            return false;
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            return true;
        }
    }

    public static string Table(IEnumerable<RowResult> results)
    {
        var table = new StringBuilder("Anomalies: the schedule as written without a protocol, and every schedule under mtpo\n");
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
        if (!split.IsAll)
        {
            for (var seed = 1; seed <= OrdersMax; seed++)
            {
                Check(row, serial, Schedules.AtRandom(row.Play, options, seed), $"seed {seed}");
            }
        }

        return $"{whole.Count} of whole calls, {split.Count}{(split.IsAll ? "" : $" and {OrdersMax} drawn")} of submits and ends";

        void See(Run run, IReadOnlyList<int> path) => Check(row, serial, run, string.Join(' ', path));
    }

    private static void Check(AnomalyRow row, PlayEnd serial, Run run, string schedule)
    {
        var end = run.End;
        PlayException.Require(row.Holds(end), $"{row.Id}: not {row.MustHold}, but {end}; {schedule}");
        PlayException.Require(row.HoldsInRun(run), $"{row.Id}: not {row.MustHold}; {schedule}");
        PlayException.Require(end.DifferenceFrom(serial) is null, $"{row.Id}: {end.DifferenceFrom(serial)}; {schedule}");
    }

    private static bool IsFailure(Exception failure) => failure
        is PlayException or InvariantException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException;
}

/// <summary>What became of a row.</summary>
/// <param name="Row">The row.</param>
/// <param name="HoldsUncoordinated">Whether it holds without a protocol, on the schedule as written.</param>
/// <param name="Tried">The schedules under the protocol, in words.</param>
/// <param name="Failure">What was wrong under the protocol; null: nothing.</param>
internal sealed record RowResult(AnomalyRow Row, bool HoldsUncoordinated, string Tried, string? Failure)
{
    public override string ToString() =>
        $"  {Row.Id,-22} none: {Mark(HoldsUncoordinated)}  mtpo: {Mark(Failure is null)}  {Row.MustHold}; {Failure ?? Tried}";

    private static char Mark(bool holds) => holds ? '✓' : '✗';
}
