using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>Tools and faults, as far as the protocol's core decides.</summary>
internal static class ToolRows
{
    public static IEnumerable<AnomalyRow> All { get; } =
    [
        new(
            "T1 in-flight overwrite",
            "gated or repaired, never silently in place",
            Play.Of("x=0 y=9", SetX(1), ClassicalRows.CopyXToY),
            "BAB",
            end => end["y"] == "1"),
        new(
            "T2 late after done",
            "who has finished is reopened",
            Play.Of("x=0 y=9", SetX(1), ClassicalRows.CopyXToY) with { FinishesAtOnce = true },
            "BBA",
            end => end["y"] == "1"),
        new(
            "T3 notices disturbed",
            "lost or doubled: told at least once, same id, never an older value after a newer one",
            Play.Of("x=0 y=9", SetX(1, 2), ClassicalRows.CopyXToY) with { RepetitionCount = 2, FinishesAtOnce = true },
            "BAAB",
            end => end["y"] == "2")
        {
            HoldsInRun = run => NeverOlder(run.Agents[1]),
        },
        new(
            "T4 a write's own reads",
            "A copies the value at its rank",
            Play.Of("p=0 o=9", CopyPToO, ClassicalRows.Writes(("p", "b"))),
            "BA",
            end => end["o"] == "0" && end["p"] == "b"),
        new(
            "T8 no answer",
            "what may have happened is taken back, never executed twice",
            Play.Of("log=", ClassicalRows.Appends("a"), ClassicalRows.Appends("b")) with { DoubtCount = 2 },
            "BA",
            end => end["log"] == "ab")
        {
            CanHappenUncoordinated = false,
        },
        new(
            "T8 no answer, a probe",
            "the probe decides, never executed twice",
            Play.Of("log=", ProbedAppend("a"), ProbedAppend("b")) with { DoubtCount = 1 },
            "BA",
            end => end["log"] == "ab")
        {
            CanHappenUncoordinated = false,
        },
        new(
            "T10 id reuse",
            "who holds an id that is free again is told before another row has it",
            Play.Of("ref=none", InsertAndTakeBack, ReferToA, Insert("c")),
            "ABBAC",
            end => end["ref"] == Moves.Absent && end["rows/1"] == "c"),
        new(
            "T10 own id",
            "the id of a row that moves is told to who made it",
            Play.Of("ref=none", InsertAndTakeBack, InsertAndRefer("b")),
            "ABBA",
            end => end[$"rows/{end["ref"]}"] == "b" && end["ref"] == "1"),
        new(
            "T12 replay not possible",
            "displaced, its agent knows",
            Play.Of("d/x=old", DeleteX, EditX),
            "BA",
            end => end["d/x"] == Moves.Absent && end.Answers[1][0] == Moves.Error),
        new(
            "T13 half a failure below",
            "what it did before it failed is not there when it runs again",
            Play.Of("log=0", ClassicalRows.Appends("1"), EditLogAndKeep),
            "BA",
            end => end["log"] == "02" && end.Answers[1][0] == Moves.Ok),
        new(
            "T13 half a failure",
            "its agent sees the tool's own error and takes it back",
            Play.Of("log=0", EditLog, ClassicalRows.Appends("b")),
            "ABA",
            end => end["log"] == "0b" && end.Answers[0][0] == Moves.Error),
    ];

    private static AgentScript SetX(params int[] values) => _ => values.Select(value => Moves.Set("x", value));

    private static IEnumerable<Move> CopyPToO(Heard heard) => [Moves.Copy("p", "o")];

    private static IEnumerable<Move> DeleteX(Heard heard) => [Moves.Delete("d/x")];

    private static IEnumerable<Move> EditX(Heard heard) => [Moves.Edit("d/x", "old", "new")];

    /// <summary>An append whose inverse may only run when it happened.</summary>
    private static AgentScript ProbedAppend(string text) => _ =>
        [Moves.Append("log", text).As(call => call with { IsInverseIdempotent = false, HasProbe = true })];

    private static IEnumerable<Move> InsertAndTakeBack(Heard heard)
    {
        yield return Moves.Insert("rows", "a");
        yield return Move.TakeBack(Moves.Insert("rows", "a"));
    }

    private static AgentScript Insert(string row) => _ => [Moves.Insert("rows", row)];

    private static IEnumerable<Move> ReferToA(Heard heard)
    {
        yield return Moves.Find("rows", "a");
        yield return Moves.Set("ref", heard.Last == "" ? Moves.Absent : heard.Last["rows/".Length..]);
    }

    private static AgentScript InsertAndRefer(string row)
    {
        return Script;

        IEnumerable<Move> Script(Heard heard)
        {
            yield return Moves.Insert("rows", row);
            yield return Moves.Set("ref", heard.Last);
        }
    }

    private static IEnumerable<Move> EditLogAndKeep(Heard heard) => [Moves.Edit("log", "1", "2")];

    private static IEnumerable<Move> EditLog(Heard heard)
    {
        var edit = Moves.Edit("log", "1", "2");
        yield return edit;
        if (heard.Last == Moves.Error)
        {
            yield return Move.TakeBack(edit);
        }
    }

    private static bool NeverOlder(HealingAgent agent)
    {
        foreach (var told in agent.Told.GroupBy(told => told.Call))
        {
            var values = told.Select(one => int.Parse(one.Now!)).ToArray();
            var isInOrder = values.SequenceEqual(values.Order());
            var hasOneId = told.GroupBy(one => one.Now).All(same => same.DistinctBy(one => one.Notice).Count() == 1);
            if (!isInOrder || !hasOneId)
            {
                return false;
            }
        }

        return true;
    }
}
