using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Anomalies;

/// <summary>The anomalies of databases, played on files.</summary>
/// <remarks>A has rank 1, B rank 2, and so on. Who reads in order to report does so by its answers.</remarks>
internal static class ClassicalRows
{
    public static IReadOnlyList<AnomalyRow> All { get; } =
    [
        new(
            "G0 dirty write",
            "(x, y) = (2, 2)",
            Play.Of("x=0 y=0", Writes(("x", 1), ("y", 1)), Writes(("x", 2), ("y", 2))),
            "ABBA",
            end => end["x"] == "2" && end["y"] == "2"),
        new(
            "G1a aborted read",
            "y derives from x0",
            Play.Of("x=0 y=9", SetAndAbort, CopyXToY) with { Aborting = [0] },
            "ABAAAB",
            end => end["y"] == "0"),
        new(
            "G1a-undo",
            "y derives from what is left",
            Play.Of("x=0 y=9", Idle, SetAndTakeBack, CopyXToY),
            "BCBC",
            end => end["y"] == "0"),
        new(
            "G1b intermediate read",
            "service d exists",
            Play.Of("dep/d=3 svc/d=up", Restart, DeleteIdleServices),
            "ABBABB",
            end => end["svc/d"] == "up"),
        new(
            "G1c circular",
            "A read y0",
            Play.Of("x=0 y=0", SetAndRead("x", 1, "y"), SetAndRead("y", 2, "x")),
            "ABAB",
            end => end.Answer(0, 1) == "0" && end.Answer(1, 1) == "1"),
        new(
            "OTV",
            "C sees B, B",
            Play.Of("x=0 y=0", Writes(("x", "a"), ("y", "a")), Writes(("x", "b"), ("y", "b")), Reads("x", "y")),
            "AABCCB",
            end => end.Answer(2, 0) == "b" && end.Answer(2, 1) == "b"),
        new(
            "PMP phantom",
            "no bad one left",
            Play.Of("dep/a=bad dep/b=bad", RepairAll, CopyOfA),
            "ABBAAAA",
            end => !end.Tree.Entries.Keys.Any(name => end[name] == "bad")),
        new("P4 lost update", "x + 90", Play.Of("x=100", Increase(30), Increase(60)), "ABAB", end => end["x"] == "190"),
        new("P4-tool", "[a, b]", Play.Of("log=[]", Appends("a"), Appends("b")), "BA", end => end["log"] == "[ab]"),
        new(
            "G-single read skew",
            "the counts add up",
            Play.Of("p/1=1 p/2=2 p/3=3 q/ sum=0", MoveThree, Count),
            "BAAABB",
            end => end["sum"] == "3"),
        new(
            "G2-item write skew",
            "one is up",
            Play.Of("a=up b=up", TakeDown("a", "b"), TakeDown("b", "a")),
            "ABAB",
            end => end["a"] == "up" || end["b"] == "up"),
        new(
            "G2 predicate",
            "at least one is left",
            Play.Of("call/a=on call/b=on", LeaveCall("a"), LeaveCall("b")),
            "ABAB",
            end => end.Tree.Entries.Keys.Any(name => name.StartsWith("call/", StringComparison.Ordinal))),
        new(
            "long fork",
            "C and D see one order",
            Play.Of("x=0 y=0", Writes(("x", 1)), Writes(("y", 1)), Reads("x", "y"), Reads("x", "y")),
            "DACCBD",
            end => !(Saw(end, 2) is ("1", "0") && Saw(end, 3) is ("0", "1"))),
        new(
            "read-only",
            "its report is the serial state",
            Play.Of("x=0 y=0", Writes(("x", 1)), CopyXToY, Reads("x", "y")),
            "CABBC",
            end => Saw(end, 2) is ("1", "1")),
    ];

    public static AgentScript Reads(params string[] names) => (say, _) => names.Select(say.Read);

    public static AgentScript Writes(params (string Name, object Value)[] values) =>
        (say, _) => values.Select(value => say.Write(value.Name, value.Value));

    public static AgentScript Appends(string text) => (say, _) => [say.Append("log", text)];

    public static IEnumerable<Move> Idle(FileWords say, Heard heard) => [];

    public static IEnumerable<Move> CopyXToY(FileWords say, Heard heard)
    {
        yield return say.Read("x");
        yield return say.Write("y", heard.Last);
    }

    private static (string, string) Saw(PlayEnd end, int agent) => (end.Answer(agent, 0), end.Answer(agent, 1));

    private static IEnumerable<Move> SetAndAbort(FileWords say, Heard heard)
    {
        yield return say.Write("x", 1);
        yield return say.Write("z", 1);
        yield return new Move.Abort();
    }

    private static IEnumerable<Move> SetAndTakeBack(FileWords say, Heard heard)
    {
        var write = say.Write("x", 2) with { IsWithdrawnLater = true };
        yield return write;
        yield return new Move.TakeBack(write);
    }

    private static IEnumerable<Move> Restart(FileWords say, Heard heard)
    {
        yield return say.Write("dep/d", 0);
        yield return say.Write("dep/d", 3);
    }

    private static IEnumerable<Move> DeleteIdleServices(FileWords say, Heard heard)
    {
        yield return say.List("dep");
        foreach (var name in heard.Names)
        {
            yield return say.Read($"dep/{name}");
            if (heard.Last == "0")
            {
                yield return say.Remove($"svc/{name}");
            }
        }
    }

    private static AgentScript SetAndRead(string written, int value, string read) =>
        (say, _) => [say.Write(written, value), say.Read(read)];

    private static IEnumerable<Move> RepairAll(FileWords say, Heard heard)
    {
        yield return say.List("dep");
        foreach (var name in heard.Names)
        {
            yield return say.Read($"dep/{name}");
            if (heard.Last == "bad")
            {
                yield return say.Write($"dep/{name}", "good");
            }
        }
    }

    private static IEnumerable<Move> CopyOfA(FileWords say, Heard heard)
    {
        yield return say.Read("dep/a");
        yield return say.Write("dep/canary", heard.Last);
    }

    private static AgentScript Increase(int by)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            yield return say.Read("x");
            yield return say.Write("x", heard.Number + by);
        }
    }

    private static IEnumerable<Move> MoveThree(FileWords say, Heard heard) =>
        Enumerable.Range(1, 3).Select(item => say.MoveTo($"p/{item}", $"q/{item}"));

    private static IEnumerable<Move> Count(FileWords say, Heard heard)
    {
        yield return say.List("p");
        var first = heard.Names.Length;
        yield return say.List("q");
        yield return say.Write("sum", first + heard.Names.Length);
    }

    private static AgentScript TakeDown(string mine, string other)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            yield return say.Read(other);
            if (heard.Last == "up")
            {
                yield return say.Write(mine, "down");
            }
        }
    }

    private static AgentScript LeaveCall(string mine)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            yield return say.List("call");
            if (heard.Names.Length >= 2)
            {
                yield return say.Remove($"call/{mine}");
            }
        }
    }
}
