namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>A fixture server over HTTP, which ends with the test that started it.</summary>
internal sealed class HttpFixture : IAsyncDisposable
{
    private HttpFixture(TestProcess process, Uri url)
    {
        Process = process;
        Url = url;
    }

    public TestProcess Process { get; }

    /// <summary>The MCP endpoint.</summary>
    public Uri Url { get; }

    /// <summary>Starts it on a free port, for example with <c>conformance</c> or <c>faulty-http 500</c>.</summary>
    public static async Task<HttpFixture> StartAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var process = TestProcess.StartFixture([.. arguments, "--http", "0", "--until-eof"]);
        const string Announcement = "listening ";
        var line = await process.WaitForLineAsync(
            line => line.StartsWith(Announcement, StringComparison.Ordinal), cancellationToken);
        return new HttpFixture(process, new Uri(line[Announcement.Length..]));
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
