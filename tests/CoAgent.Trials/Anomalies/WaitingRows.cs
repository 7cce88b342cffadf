using CoAgent.Trials.Agents;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Anomalies;

/// <summary>Who waits for whom, and that it ends.</summary>
internal static class WaitingRows
{
    private const string MailServer =
        """{"on":"tool:mail","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"sent\"}]}}"]}""";

    public static IReadOnlyList<ScriptedRow> All { get; } =
    [
        new("L3 stuck predecessor", "mail waits for who is before, until its lease has run out; then it goes once", LeaveMailWaitingAsync),
        new("L4 wait cycle", "who waits is told for whom", FinishTooEarlyAsync) { CanHappenUncoordinated = false },
    ];

    /// <summary>A writes and never finishes; B reads it and mails.</summary>
    private static async Task<string?> LeaveMailWaitingAsync(StageDoor door, CancellationToken cancellationToken)
    {
        using var server = new MailDrop();
        var options = new StageOptions { Others = [("mail", server.Entry)], Members = ""","lease":"00:00:03" """ };
        await using var stage = await door.OpenAsync(cancellationToken, options);
        var scene = stage.NextScene();
        var play = Play.Of("x=0", ClassicalRows.Writes(("x", 1)), ClassicalRows.Reads("x"));
        await using var performance = await Performance.BeginAsync(scene, play, cancellationToken, Ways.Http);
        var mailing = performance.Lines[1].CallAsync("mail", "{}", cancellationToken);
        await (stage.IsCoordinated ? Task.CompletedTask : mailing);
        var write = scene.Words.Write("x", 1);
        var written = Told.Of(await performance.Lines[0].CallAsync(write.Tool, write.Arguments, cancellationToken));
        var isEarly = server.SentCount > 0;
        var mailed = Told.Of(await mailing);
        return (written.Status, mailed.Status, server.SentCount) switch
        {
            _ when isEarly => "not held: the mail went before who is before it had written",
            ("applied", "applied", 1) => null,
            var end => $"not sent once when the lease had run out: {end}; {mailed.Text}",
        };
    }

    /// <summary>B would finish, and A waits for B outside: who asks is told for which ranks it waits.</summary>
    private static async Task<string?> FinishTooEarlyAsync(StageDoor door, CancellationToken cancellationToken)
    {
        await using var stage = await door.OpenAsync(cancellationToken);
        if (!stage.IsCoordinated)
        {
            return null;
        }

        var scene = stage.NextScene();
        var play = Play.Of("x=0", ClassicalRows.Writes(("x", 1)), ClassicalRows.Reads("x"));
        await using var performance = await Performance.BeginAsync(scene, play, cancellationToken);
        await performance.MoveAsync(1, cancellationToken);
        var waiting = Told.Of(await performance.Lines[1].CallAsync("coagent_finish", """{"wait":1}""", cancellationToken));
        var ranks = Told.MemberOf(waiting.Answer, "for");
        if (Told.StringOf(waiting.Answer, "state") != "waiting" || $"{ranks}" != $"[{scene.RankOf(0)}]")
        {
            return $"not told for whom it waits: {waiting.Answer}";
        }

        var end = await performance.EndAsync(cancellationToken);
        return end.Answer(1, 0) == "1" ? null : $"not reopened: B was told {end.Answer(1, 0)}";
    }

    /// <summary>A server whose mail cannot be taken back, and what has been sent.</summary>
    private sealed class MailDrop : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-mail-");

        public string Entry
        {
            get
            {
                File.WriteAllText(PathOf("script"), MailServer);
                return TestWorkspace.Fixture("raw", "--script", PathOf("script"), "--record", PathOf("record"));
            }
        }

        public int SentCount => File.Exists(PathOf("record"))
            ? File.ReadLines(PathOf("record")).Count(line => line.Contains("tools/call", StringComparison.Ordinal))
            : 0;

        public void Dispose() => folder.Delete(recursive: true);

        private string PathOf(string name) => Path.Combine(folder.FullName, name);
    }
}
