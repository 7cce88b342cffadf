using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>Long lines that break a proxy: 64 KiB (mcp-go#588), 1 MiB of server-sent events (teleport#67000), 4 MiB of arguments.</summary>
public sealed class LargeMessageTests
{
    private const int KiB = 1024;
    private static readonly int[] Sizes = [64 * KiB, 1024 * KiB, 4 * 1024 * KiB];

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task Large_arguments_and_results_pass_whole_through_a_stdio_server(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();

        await AllSizesPassAsync(proxy, way);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task Large_arguments_and_results_pass_whole_through_an_HTTP_server(string way)
    {
        await using var upstream = await HttpFixture.StartAsync(CancellationToken.None, "echo");
        await using var proxy = new ProxyUnderTest();
        await proxy.WithUrl("echo", upstream.Url).StartAsync();

        await AllSizesPassAsync(proxy, way);
    }

    private static async Task AllSizesPassAsync(ProxyUnderTest proxy, string way)
    {
        await using var client = await proxy.ConnectAsync(way);
        foreach (var size in Sizes)
        {
            var text = Text(size);
            Assert.True(text == (await client.CallAsync("echo", $$"""{"text":"{{text}}"}""")).FirstText, $"{size} bytes came back changed.");
        }

        var big = await client.CallAsync("big", $$"""{"bytes":{{10_000_000}}}""");
        Assert.Equal(10_000_000, big.FirstText.Length);

        // As one event of a stream: the progress before it has opened one.
        var (before, streamed) = await client.CallWithProgressAsync("progress", """{"count":1}""", token: $"\"{Text(1024 * KiB)}\"", id: "1");
        Assert.Equal(1024 * KiB, Assert.Single(before).Params.GetProperty("progressToken").GetString()!.Length);
        Assert.Equal("reported 1", streamed.FirstText);
    }

    // No two places alike, so that nothing can be lost or doubled unseen.
    private static string Text(int size) =>
        string.Concat(Enumerable.Range(0, size / 8).Select(number => $"{number:x8}"));
}
