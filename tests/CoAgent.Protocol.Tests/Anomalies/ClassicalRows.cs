using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>The anomalies of databases, with agents in the place of transactions.</summary>
/// <remarks>A has rank 1, B rank 2, and so on. Who reads in order to report does so by its answers.</remarks>
internal static class ClassicalRows
{
    public static IEnumerable<AnomalyRow> All { get; } =
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
            Play.Of("x=0 y=9", SetAndAbort, CopyXToY),
            "ABAAB",
            end => end["y"] == "0"),
        new(
            "G1a undone read",
            "y derives from what is left",
            Play.Of("x=0 y=9", Idle, SetAndTakeBack, CopyXToY),
            "BCBC",
            end => end["y"] == "0"),
        new(
            "G1b intermediate read",
            "service d exists",
            Play.Of("dep/d=3 svc/d=up", Restart, DeleteIdleServices),
            "ABAB",
            end => end["svc/d"] == "up"),
        new(
            "G1c circular",
            "A read y0",
            Play.Of("x=0 y=0", SetAndRead("x", 1, "y"), SetAndRead("y", 2, "x")),
            "ABAB",
            end => end.Answers[0][1] == "0" && end.Answers[1][1] == "1"),
        new(
            "OTV",
            "C sees B, B",
            Play.Of("x=0 y=0", Writes(("x", "a"), ("y", "a")), Writes(("x", "b"), ("y", "b")), Reads("x", "y")),
            "AABCCB",
            end => end.Answers[2].SequenceEqual(["b", "b"])),
        new(
            "PMP phantom",
            "no bad one left",
            Play.Of("dep/a=bad dep/b=bad", RepairAll, CopyOfA),
            "ABBA",
            end => !end.World.ContainsValue("bad")),
        new("P4 lost update", "x + 90", Play.Of("x=100", Increase(30), Increase(60)), "ABAB", end => end["x"] == "190"),
        new("P4 by a tool", "[a, b]", Play.Of("log=", Appends("a"), Appends("b")), "BA", end => end["log"] == "ab"),
        new(
            "G-single read skew",
            "the counts add up",
            Play.Of("p=3 q=0 sum=0", MoveThree, Count),
            "BAAAB",
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
            end => end.World.Count >= 1),
        new(
            "long fork",
            "C and D see one order",
            Play.Of("x=0 y=0", Writes(("x", 1)), Writes(("y", 1)), Reads("x", "y"), Reads("x", "y")),
            "DACCBD",
            end => !(end.Answers[2].SequenceEqual(["1", "0"]) && end.Answers[3].SequenceEqual(["0", "1"]))),
        new(
            "read-only",
            "its report is the serial state",
            Play.Of("x=0 y=0", Writes(("x", 1)), CopyXToY, Reads("x", "y")),
            "CABBC",
            end => end.Answers[2].SequenceEqual(["1", "1"])),
    ];

    public static AgentScript Reads(params string[] names) => _ => names.Select(Moves.Read);

    public static AgentScript Writes(params (string Name, object Value)[] values) =>
        _ => values.Select(value => Moves.Set(value.Name, value.Value));

    public static AgentScript Appends(string text) => _ => [Moves.Append("log", text)];

    public static IEnumerable<Move> Idle(Heard heard) => [];

    public static IEnumerable<Move> CopyXToY(Heard heard)
    {
        yield return Moves.Read("x");
        yield return Moves.Set("y", heard.Last);
    }

    private static IEnumerable<Move> SetAndAbort(Heard heard)
    {
        yield return Moves.Set("x", 1);
        yield return Moves.Set("z", 1);
        yield return Move.Abort;
    }

    private static IEnumerable<Move> SetAndTakeBack(Heard heard)
    {
        yield return Moves.Set("x", 2);
        yield return Move.TakeBack(Moves.Set("x", 2));
    }

    private static IEnumerable<Move> Restart(Heard heard)
    {
        yield return Moves.Set("dep/d", 0);
        yield return Moves.Set("dep/d", 3);
    }

    private static IEnumerable<Move> DeleteIdleServices(Heard heard)
    {
        yield return Moves.Find("dep", "0");
        foreach (var name in heard.Names)
        {
            yield return Moves.Delete(name.Replace("dep/", "svc/", StringComparison.Ordinal));
        }
    }

    private static AgentScript SetAndRead(string written, int value, string read) =>
        _ => [Moves.Set(written, value), Moves.Read(read)];

    private static IEnumerable<Move> RepairAll(Heard heard)
    {
        yield return Moves.Find("dep", "bad");
        foreach (var name in heard.Names)
        {
            yield return Moves.Set(name, "good");
        }
    }

    private static IEnumerable<Move> CopyOfA(Heard heard)
    {
        yield return Moves.Read("dep/a");
        yield return Moves.Create("dep/a-canary", heard.Last);
    }

    private static AgentScript Increase(int by)
    {
        return Script;

        IEnumerable<Move> Script(Heard heard)
        {
            yield return Moves.Read("x");
            yield return Moves.Set("x", heard.Number + by);
        }
    }

    private static IEnumerable<Move> MoveThree(Heard heard) =>
        Enumerable.Range(1, 3).Select(item => Moves.Shift("p", "q", item));

    private static IEnumerable<Move> Count(Heard heard)
    {
        yield return Moves.Read("p");
        var first = heard.Number;
        yield return Moves.Read("q");
        yield return Moves.Set("sum", first + heard.Number);
    }

    private static AgentScript TakeDown(string mine, string other)
    {
        return Script;

        IEnumerable<Move> Script(Heard heard)
        {
            yield return Moves.Read(other);
            if (heard.Last == "up")
            {
                yield return Moves.Set(mine, "down");
            }
        }
    }

    private static AgentScript LeaveCall(string mine)
    {
        return Script;

        IEnumerable<Move> Script(Heard heard)
        {
            yield return Moves.List("call");
            if (heard.Names.Length >= 2)
            {
                yield return Moves.Delete($"call/{mine}");
            }
        }
    }
}
