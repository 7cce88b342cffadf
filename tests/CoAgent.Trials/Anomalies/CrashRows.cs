using CoAgent.Trials.Agents;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Anomalies;

/// <summary>What must hold although the daemon is killed, or an answer is lost.</summary>
internal static class CrashRows
{
    private static readonly string[] Appends = ["*BABA", "B*ABA", "BA*BA", "BAB*A", "B!ABA", "*B*A*B*A"];
    private static readonly string[] Copies = ["BB*BA", "BBB*A", "BBB!A", "BBBA!", "BBB*AA"];

    public static IReadOnlyList<ScriptedRow> All { get; } =
    [
        Crashing(
            "T3 notice lost in a crash",
            "told again after the restart",
            Play.Of("x=0 y=9", ClassicalRows.Writes(("x", 1), ("x", 2)), ClassicalRows.CopyXToY),
            Copies),
        Crashing(
            "T11 crash at any point",
            "nothing that was told is lost, nothing is there twice",
            Play.Of("log=[]", AppendsTwo("a"), AppendsTwo("b")),
            Appends),
        new("T8 no answer", "taken back or there, never executed twice", LoseAnAnswerAsync)
        {
            CanHappenUncoordinated = false,
            Servers = [StageServer.Filesystem],
        },
    ];

    private static ScriptedRow Crashing(string id, string mustHold, Play play, string[] schedules)
    {
        return new ScriptedRow(id, mustHold, PlayAsync) { CanHappenUncoordinated = false };

        async Task<string?> PlayAsync(StageDoor door, CancellationToken cancellationToken)
        {
            await using var stage = await door.OpenAsync(cancellationToken);
            foreach (var schedule in schedules)
            {
                var scene = stage.NextScene();
                var end = await Performance.PlayAsync(scene, play, schedule, cancellationToken, Ways.Stdio);
                var serial = await SerialRun.OfAsync(scene, play, cancellationToken);
                if (end.DifferenceFrom(serial) is { } difference)
                {
                    return $"not {mustHold}: {difference}; {schedule}";
                }
            }

            return null;
        }
    }

    private static AgentScript AppendsTwo(string text) =>
        (say, _) => [say.Append("log", text + "1"), say.Append("log", text + "2")];

    private static async Task<string?> LoseAnAnswerAsync(StageDoor door, CancellationToken cancellationToken)
    {
        var options = new StageOptions { LosesAnswers = true, Members = ""","servers":{"files":{"timeout":"00:00:05"}}""" };
        await using var stage = await door.OpenAsync(cancellationToken, options);
        var play = Play.Of("log=[]", ClassicalRows.Appends("a"), ClassicalRows.Appends("b"));
        var scene = stage.NextScene();
        await using var performance = await Performance.BeginAsync(scene, play, cancellationToken);
        await File.WriteAllTextAsync(stage.WithholdFile, "", cancellationToken);
        await performance.MoveAsync(1, cancellationToken);
        PlayException.Require(!File.Exists(stage.WithholdFile), "no answer was lost");
        await performance.MoveAsync(0, cancellationToken);
        var end = await performance.EndAsync(cancellationToken);
        return end["log"] == "[ab]" ? null : $"not [ab], but {end["log"]}";
    }
}
