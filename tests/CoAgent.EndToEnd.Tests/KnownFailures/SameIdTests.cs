using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>Answers crossed or stranded because ids are alike: typescript-sdk#2433, python-sdk#3137.</summary>
public sealed class SameIdTests
{
    private const int ClientCount = 64;
    private const int RoundCount = 5;
    private static readonly CancellationToken None = CancellationToken.None;

    // Shared, so that all calls meet at one server: nothing but the proxy keeps them apart.
    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task Clients_that_all_use_id_1_and_one_progress_token_get_their_own_answers_from_a_shared_server(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"echo":{"scope":"shared"}} """ };
        await proxy.With("echo", "echo").StartAsync();

        await AllGetTheirOwnAsync(proxy, way);
    }

    [Fact]
    public async Task Clients_that_all_use_id_1_get_their_own_answers_from_an_HTTP_server()
    {
        await using var upstream = await HttpFixture.StartAsync(None, "echo");
        await using var proxy = new ProxyUnderTest();
        await proxy.WithUrl("echo", upstream.Url).StartAsync();

        await AllGetTheirOwnAsync(proxy, "http");
    }

    [Fact]
    public async Task Two_calls_of_one_HTTP_client_with_the_same_id_are_both_answered_with_their_own()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("http");

        var slow = client.CallAsync("sleep", """{"milliseconds":500}""", id: "1");
        var fast = await client.CallAsync("echo", """{"text":"fast"}""", id: "1");

        Assert.Equal("fast", fast.FirstText);
        Assert.Equal("slept", (await slow).FirstText);
    }

    [Fact]
    public async Task Two_calls_behind_one_bridge_with_the_same_id_are_both_answered()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        const string Call = """{"jsonrpc":"2.0","id":"same","method":"tools/call","params":{"name":"NAME","arguments":{"milliseconds":500,"text":"fast"}}}""";

        await client.Stdio!.SendRawAsync(Call.Replace("NAME", "sleep"), None);
        await client.Stdio.SendRawAsync(Call.Replace("NAME", "echo"), None);
        var first = await client.Stdio.ReceiveAsync(None);
        var second = await client.Stdio.ReceiveAsync(None);

        Assert.Equal(("\"same\"", "\"same\""), (first.Id, second.Id));
        Assert.Equal(("fast", "slept"), (first.FirstText, second.FirstText));
    }

    private static async Task AllGetTheirOwnAsync(ProxyUnderTest proxy, string way)
    {
        var clients = await proxy.ConnectAsync(way, ClientCount);

        await Task.WhenAll(clients.Select(async (client, number) =>
        {
            for (var round = 0; round < RoundCount; round++)
            {
                await GetsItsOwnAsync(client, $"client {number}, round {round}", steps: (number % 7) + 1);
            }
        }));

        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    private static async Task GetsItsOwnAsync(ProxyClient client, string text, int steps)
    {
        var echoed = await client.CallAsync("echo", $$"""{"text":"{{text}}"}""", id: "1");
        Assert.Equal(("1", text), (echoed.Id, echoed.FirstText));

        var (before, answer) = await client.CallWithProgressAsync("progress", $$"""{"count":{{steps}}}""", token: "1", id: "1");
        Assert.Equal(("1", $"reported {steps}"), (answer.Id, answer.FirstText));
        Assert.Equal(
            Enumerable.Range(1, steps).Select(step => (1, step)),
            before.Select(progress =>
                (progress.Params.GetProperty("progressToken").GetInt32(), progress.Params.GetProperty("progress").GetInt32())));
    }
}
