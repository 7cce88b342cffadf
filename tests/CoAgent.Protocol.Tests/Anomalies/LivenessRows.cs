using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>That everybody gets to the end, and at what price.</summary>
internal static class LivenessRows
{
    public static IEnumerable<AnomalyRow> All { get; } =
    [
        new(
            "L1 livelock",
            "it ends, the lower rank writes once and is told nothing",
            Play.Of("x=8 y=8", Halve("y", "x"), Halve("x", "y")),
            "ABAB",
            end => end["x"] == "4" && end["y"] == "2")
        {
            HoldsInRun = run => run.Agents[0].Counts is { WriteCount: 1, NoticeCount: 0, TakenBackCount: 0 },
        },
        new(
            "L2 starvation",
            "C is told at most once a change, of all changes at once when it was away, and ends after them",
            Play.Of(
                "x=0 y=9",
                ClassicalRows.Writes(("x", 1), ("x", 2)),
                ClassicalRows.Writes(("x", 3), ("x", 4)),
                ClassicalRows.CopyXToY),
            "CABABC",
            end => end["y"] == "4")
        {
            // Four changes lie below C. They are about one object, so what is told at one time is one notice.
            HoldsInRun = run => run.Agents[2].Counts is { NoticeCount: <= 4, NoticesAtOnceMax: <= 1 },
        },
        new(
            "L3 held mail",
            "the mail says what the lower rank has left, and goes after it has finished",
            Play.Of("x=0", ClassicalRows.Writes(("x", 1)), MailX),
            "BBA",
            end => end["outbox"] == "1;"),
        new(
            "L5 undo storm",
            "undos ≤ N(N-1)/2",
            Play.Of("log=", ClassicalRows.Appends("a"), ClassicalRows.Appends("b"), ClassicalRows.Appends("c")),
            "CBA",
            end => end["log"] == "abc")
        {
            HoldsInRun = run => run.Counts is { UndoCount: <= 3, ReplayCount: <= 3 },
        },
    ];

    private static IEnumerable<Move> MailX(Heard heard)
    {
        yield return Moves.Read("x");
        yield return Moves.Send(heard.Last);
    }

    private static AgentScript Halve(string from, string to)
    {
        return Script;

        IEnumerable<Move> Script(Heard heard)
        {
            yield return Moves.Read(from);
            yield return Moves.Set(to, heard.Number / 2);
        }
    }
}
