using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>The anomaly matrix, at the level of the protocol's core.</summary>
public sealed class MatrixTests
{
    private static readonly AnomalyRow[] Played = [.. ClassicalRows.All, .. LivenessRows.All, .. ToolRows.All];

    private static readonly Lazy<RowResult[]> Results = new(
        () =>
        [
            .. Played.AsParallel().AsOrdered().Select(Matrix.Play).AsEnumerable()
                .Concat(ScriptedRows.All.Select(Matrix.Play))
                .OrderBy(SectionOf),
        ]);

    public static TheoryData<string> Rows =>
        [.. Played.Select(row => row.Id), .. ScriptedRows.All.Select(row => row.Id)];

    public static TheoryData<string> BadSchedules =>
        [.. Played.Where(row => row.CanHappenUncoordinated).Select(row => row.Id)];

    /// <summary>For each row a rule that it does not hold without, or some.</summary>
    public static TheoryData<string, string> Mutations => new()
    {
        { "G0 dirty write", nameof(Rule.LaterSet) },
        { "G1a aborted read", nameof(Rule.AbortTakesAll) },
        { "G1a undone read", nameof(Rule.Recheck) },
        { "G1b intermediate read", nameof(Rule.ReadsAreRecorded) },
        { "G1c circular", nameof(Rule.OrderFilteredReads) },
        { "OTV", nameof(Rule.Recheck) },
        { "PMP phantom", nameof(Rule.Recheck) },
        { "P4 lost update", nameof(Rule.LateNoticeReopens) },
        { "P4 by a tool", nameof(Rule.Rewind) },
        { "G-single read skew", nameof(Rule.Recheck) },
        { "G2-item write skew", nameof(Rule.FinishInOrder) },
        { "G2 predicate", nameof(Rule.ListingsAreObjects) },
        { "long fork", nameof(Rule.Recheck) },
        { "read-only", nameof(Rule.FinishQuiescent) },
        { "L1 livelock", nameof(Rule.OrderFilteredReads) },
        { "L2 starvation", nameof(Rule.LatestWins) },
        { "L3 held mail", nameof(Rule.IrreversibleGate) },
        { "L5 undo storm", nameof(Rule.UnwindDescending) },
        { "T1 in-flight overwrite", nameof(Rule.Recheck) },
        { "T2 late after done", nameof(Rule.LateNoticeReopens) },
        { "T3 notices disturbed", nameof(Rule.LatestWins) },
        { "T4 a write's own reads", nameof(Rule.LaterSet) },
        { "T8 no answer", nameof(Rule.DoubtIsRestored) },
        { "T8 no answer, a probe", nameof(Rule.DoubtIsRestored) },
        { "T10 id reuse", nameof(Rule.UndoUnwinds) },
        { "T10 own id", nameof(Rule.ChangedResultIsTold) },
        { "T12 replay not possible", nameof(Rule.Rewind) },
        { "T13 half a failure below", nameof(Rule.FailedWriteStays) },
        { "T13 half a failure", nameof(Rule.FailedWriteStays) },
        { "L2 while away", nameof(Rule.LatestWins) },
        { "L3 lease, keep", nameof(Rule.IrreversibleGate) },
        { "L3 lease, abort", nameof(Rule.PremiseGate) },
        { "L4 wait cycle", nameof(Rule.FinishInOrder) },
        { "T2 late after leaving", nameof(Rule.UnattendedKeeps) },
        { "T6 wrong inverse", nameof(Rule.QuarantineRefuses) },
        { "T7 outside writer", nameof(Rule.OutsideWriteIsKept) },
        { "T8 no way to know", nameof(Rule.DoubtIsRestored) },
        { "T13 stuck halfway", nameof(Rule.QuarantineRefuses) },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Holds_as_written_and_in_every_other_order(string id) =>
        Assert.Null(Results.Value.Single(result => result.Id == id).Failure);

    [Theory]
    [MemberData(nameof(BadSchedules))]
    public void The_schedule_as_written_is_bad_without_a_protocol(string id) =>
        Assert.False(Results.Value.Single(result => result.Id == id).HoldsUncoordinated);

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_row_breaks_without_its_rule(string id, string rule)
    {
        var without = RuleSet.All.Without(Enum.Parse<Rule>(rule));
        var failure = Array.Find(Played, row => row.Id == id) is { } played
            ? Matrix.FailureOf(played, without)
            : Matrix.FailureOf(ScriptedRows.All.Single(row => row.Id == id), without);
        Assert.True(failure is not null, $"{id} holds without {rule}");
    }

    /// <summary>What a row claims of each run is looked at, and no more than is claimed holds.</summary>
    [Fact]
    public void A_row_breaks_when_it_claims_too_much_of_each_run()
    {
        AssertBreaks("L1 livelock", run => run.Agents[1].Counts is { WriteCount: 1, NoticeCount: 0 });
        AssertBreaks("L2 starvation", run => run.Agents[2].Counts.NoticeCount < 4);
        AssertBreaks("L5 undo storm", run => run.Counts.UndoCount < 3);
        AssertBreaks("T3 notices disturbed", run => run.Agents[1].Told.Count < 2);

        static void AssertBreaks(string id, Func<Run, bool> claim)
        {
            var row = Array.Find(Played, row => row.Id == id)!;
            var failure = Matrix.FailureOf(row with { HoldsInRun = claim }, RuleSet.All);
            Assert.StartsWith($"not {row.MustHold}; ", failure, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_matrix_is_printed() => Report.Write("anomalies", Matrix.Table(Results.Value));

    /// <summary>Classical, then liveness, then tools and faults; a stable sort keeps the rest as it is.</summary>
    private static int SectionOf(RowResult result) => result.Id[0] switch
    {
        'L' => 1,
        'T' => 2,
        _ => 0,
    };
}
