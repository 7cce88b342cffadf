using System.Text;
using System.Text.Json;

namespace CoAgent.Trials.Support;

/// <summary>A daemon that a test runs in the foreground, with its log on standard error.</summary>
internal sealed class TestDaemon : IAsyncDisposable
{
    private TestDaemon(TestProcess process, JsonElement announcement)
    {
        Process = process;
        Announcement = announcement;
    }

    public TestProcess Process { get; }

    /// <summary>What it printed when it was ready.</summary>
    public JsonElement Announcement { get; }

    public Uri Url => new(Announcement.GetProperty("url").GetString()!);

    /// <summary>Waits for the announcement of <c>coagent serve --json</c>.</summary>
    public static async Task<TestDaemon> StartAsync(TestProcess process, CancellationToken cancellationToken)
    {
        var announcement = new StringBuilder();
        _ = await process.WaitForLineAsync(
            line =>
            {
                announcement.AppendLine(line);
                return line == "}";
            },
            cancellationToken);
        return new TestDaemon(process, JsonElement.Parse(announcement.ToString()));
    }

    /// <summary>Ends it in order and gives the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken, string signal = "TERM")
    {
        await Signals.SendAsync(signal, Process.Id);
        return await Process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Kills it at once: it has no chance to say goodbye.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Process.Kill();
        await Process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await StopAsync(CancellationToken.None);
        }

        await Process.DisposeAsync();
    }
}
