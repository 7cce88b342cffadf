using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Anomalies;

/// <summary>Tools and faults, as far as agents alone bring them about.</summary>
internal static class ToolRows
{
    public static IReadOnlyList<AnomalyRow> All { get; } =
    [
        new(
            "T1 in-flight overwrite",
            "gated or repaired, never silently in place",
            Play.Of("x=0 y=9", SetX(1), ClassicalRows.CopyXToY),
            "BAB",
            end => end["y"] == "1"),
        new(
            "T2 late after done",
            "who has said that it is done is reopened",
            Play.Of("x=0 y=9", SetX(1), ClassicalRows.CopyXToY),
            "BBBA",
            end => end["y"] == "1"),
        new(
            "T3 notices coalesced",
            "never an older value after a newer one",
            Play.Of("x=0 y=9", SetX(1, 2, 3), ClassicalRows.CopyXToY),
            "BBBAAA",
            end => end["y"] == "3")
        {
            HoldsWhenCoordinated = end => NeverOlder(end.Agents[1]),
        },
        new(
            "T4 a write's own reads",
            "A takes the value at its rank",
            Play.Of("p=0", FillOFromP, ClassicalRows.Writes(("p", "b"))),
            "BA",
            end => end["o"] == "0" && end["p"] == "b"),
        new(
            "T10 id reuse",
            "who holds an id that is free again is told before another row has it",
            Play.Of("rows/ ref=none", InsertAndTakeBack, ReferToA, Insert("c")),
            "AABBBACC",
            end => end["ref"] == Heard.Absent && end["rows/1"] == "c"),
        new(
            "T12 replay not possible",
            "displaced, its agent knows",
            Play.Of("d/x=old report=", RemoveX, EditXAndReport),
            "BBA",
            end => end["d/x"] == Heard.Absent && end["report"] == "not edited"),
        new(
            "T13 half a failure",
            "its agent takes back what the failed command had done, and nothing else",
            Play.Of("log=0", FailHalfway, PrintB),
            "ABA",
            end => end["log"] == "0b")
        {
            Servers = [StageServer.Workspace],
        },
        new(
            "T13 half a failure below",
            "what it did before it failed is replayed with it",
            Play.Of("log=0", ClassicalRows.Writes(("log", "1")), PrintTwoAndFail),
            "BA",
            end => end["log"] == "12")
        {
            Servers = [StageServer.Workspace],
        },
    ];

    private static AgentScript SetX(params int[] values) => (say, _) => values.Select(value => say.Write("x", value));

    private static IEnumerable<Move> FillOFromP(FileWords say, Heard heard) => [say.Fill("p", "o")];

    private static IEnumerable<Move> RemoveX(FileWords say, Heard heard) => [say.Remove("d/x")];

    private static IEnumerable<Move> EditXAndReport(FileWords say, Heard heard)
    {
        yield return say.Edit("d/x", "old", "new");
        yield return say.Write("report", heard.IsError ? "not edited" : "edited");
    }

    private static IEnumerable<Move> InsertAndTakeBack(FileWords say, Heard heard)
    {
        yield return say.List("rows");
        var write = say.Write($"rows/{Free(heard)}", "a") with { IsWithdrawnLater = true };
        yield return write;
        yield return new Move.TakeBack(write);
    }

    private static AgentScript Insert(string row)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            yield return say.List("rows");
            yield return say.Write($"rows/{Free(heard)}", row);
        }
    }

    private static IEnumerable<Move> ReferToA(FileWords say, Heard heard)
    {
        yield return say.List("rows");
        var found = Heard.Absent;
        foreach (var name in heard.Names)
        {
            yield return say.Read($"rows/{name}");
            found = heard.Last == "a" ? name : found;
        }

        yield return say.Write("ref", found);
    }

    /// <summary>The lowest number that is no name in the listing that was heard.</summary>
    private static int Free(Heard heard) => Enumerable.Range(1, 100).First(number => !heard.Names.Contains($"{number}"));

    private static IEnumerable<Move> FailHalfway(FileWords say, Heard heard)
    {
        var command = ((TreeWords)say).Bash("printf 1 >> log; exit 3") with { Touches = ["log"], IsWithdrawnLater = true };
        yield return command;
        yield return new Move.TakeBack(command);
    }

    private static IEnumerable<Move> PrintB(FileWords say, Heard heard) => [((TreeWords)say).Bash("printf b >> log")];

    private static IEnumerable<Move> PrintTwoAndFail(FileWords say, Heard heard) =>
        [((TreeWords)say).Bash("printf 2 >> log; exit 3")];

    private static bool NeverOlder(HealingAgent agent)
    {
        var values = agent.Notices.Select(notice => notice.Now).OfType<string>().ToArray();
        return values.SequenceEqual(values.Order(StringComparer.Ordinal));
    }
}
