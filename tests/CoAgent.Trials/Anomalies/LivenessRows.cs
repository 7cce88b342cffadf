using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Anomalies;

/// <summary>That everybody gets to the end, and at what price.</summary>
internal static class LivenessRows
{
    public static IReadOnlyList<AnomalyRow> All { get; } =
    [
        new(
            "L1 livelock",
            "it ends, the lower rank writes once and is told nothing",
            Play.Of("x=8 y=8", Halve("y", "x"), Halve("x", "y")),
            "ABAB",
            end => end["x"] == "4" && end["y"] == "2")
        {
            HoldsWhenCoordinated = end =>
                end.Agents[0] is { Counts: { WriteCount: 1, TakenBackCount: 0 }, Notices.Count: 0 },
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
            HoldsWhenCoordinated = end =>
                end.Agents[2].Notices.DistinctBy(notice => notice.Id).Count() <= 4 && end.Agents[2].Counts.NoticesAtOnceMax <= 1,
        },
        new(
            "L5 undo storm",
            "[a, b, c], from the worst order",
            Play.Of("log=[]", ClassicalRows.Appends("a"), ClassicalRows.Appends("b"), ClassicalRows.Appends("c")),
            "CBA",
            end => end["log"] == "[abc]"),
    ];

    private static AgentScript Halve(string from, string to)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            yield return say.Read(from);
            yield return say.Write(to, heard.Number / 2);
        }
    }
}
