using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>What a tool that nobody has described is taken to touch, and whom that concerns (protocol.md, section 2).</summary>
public sealed class UnknownToolTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>A call that cannot be taken back stands at rank 3; then rank 1 writes a file of another server.</summary>
    [Theory]
    [InlineData("hints", "mcp:echo/**", "applied")]
    [InlineData("isolate", "**", "refused")]
    public async Task A_call_of_an_unknown_tool_writes_its_servers_own_scope_or_everything(string mode, string scope, string late)
    {
        await using var workspace = TestWorkspace.With(
            $$"""{"protocol":"mtpo","unknownTools":"{{mode}}"}""", ("files", TestWorkspace.Builtin), ("echo", TestWorkspace.Fixture("echo")));
        await using var later = workspace.Connect("--agent", "later", "--rank", "3");
        await later.InitializeAsync(None);

        var unknown = RecordOf(await later.CallAsync("count", "{}", None));
        await using var earlier = workspace.Connect("--agent", "earlier", "--rank", "1");
        await earlier.InitializeAsync(None);
        var write = RecordOf(await earlier.CallAsync("write_file", """{"path":"a.txt","content":"x"}""", None));

        Assert.Equal([scope], unknown.GetProperty("writes").EnumerateArray().Select(static one => one.GetString()));
        Assert.Equal(("applied", false, false), (Status(unknown), unknown.GetProperty("reversible").GetBoolean(), unknown.GetProperty("known").GetBoolean()));
        Assert.Equal(late, Status(write));
    }

    private static string? Status(JsonElement record) => record.GetProperty("status").GetString();

    private static JsonElement RecordOf(RawMessage answer) => answer.Result.GetProperty("_meta").GetProperty("coagent/call");
}
