using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary><c>connect</c> and <c>wrap</c>: whom they reach, and what they refuse.</summary>
public sealed class ConnectCommandTests
{
    private const string List = "list_directory";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Ten_clients_that_start_at_once_share_one_daemon()
    {
        await using var workspace = Files();
        var clients = Enumerable.Range(0, 10).Select(_ => workspace.Connect()).ToArray();
        try
        {
            await Task.WhenAll(clients.Select(client => client.InitializeAsync(None)));

            var status = await workspace.StatusAsync(None);
            Assert.Equal(10, status.GetProperty("sessions").GetArrayLength());
            Assert.Equal(workspace.FindDaemon()!.Pid, status.GetProperty("pid").GetInt32());
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Connect_reaches_only_the_servers_that_it_names()
    {
        await using var workspace = TestWorkspace.With(
            ("files", TestWorkspace.Builtin), ("one", TestWorkspace.Fixture("echo")), ("two", TestWorkspace.Fixture("echo")));
        await using var client = workspace.Connect("--server", "one");
        await client.InitializeAsync(None);

        var tools = (await client.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools");

        Assert.Contains(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == "echo");
        Assert.DoesNotContain(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == List);
        Assert.Equal("hi", (await client.CallAsync("echo", """{"text":"hi"}""", None)).FirstText);
    }

    [Fact]
    public async Task Connect_says_on_stderr_why_it_cannot_start_a_daemon()
    {
        await using var workspace = TestWorkspace.Empty();
        workspace.Write("mcp.json", "{");

        var refused = await workspace.RunAsync(["connect"], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("ended at once", refused.Error);
        Assert.Contains(workspace.ConfigurationFile, refused.Error);
    }

    [Fact]
    public async Task A_wrapped_server_gets_the_directory_and_environment_of_its_client_and_is_alone()
    {
        await using var workspace = Files();
        var directory = Directory.CreateDirectory(workspace.PathOf("sub")).FullName;
        var environment = new Dictionary<string, string?> { ["WRAPPED"] = "as the client has it" };
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = new RawStdioClient(TestProcess.StartCoagent(
            ["wrap", "--name", "mine", "--agent", "a", "--", "dotnet", Repository.FixtureAssembly, "echo"], directory, environment));
        await using var other = workspace.Connect();
        await client.InitializeAsync(None);
        await other.InitializeAsync(None);

        var tools = (await client.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools");
        var others = (await other.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools");

        Assert.Equal(directory, (await client.CallAsync("directory", "{}", None)).FirstText);
        Assert.Equal("as the client has it", (await client.CallAsync("environment", """{"name":"WRAPPED"}""", None)).FirstText);
        Assert.DoesNotContain(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == List);
        Assert.DoesNotContain(others.EnumerateArray(), tool => tool.GetProperty("name").GetString() == "echo");
    }

    [Fact]
    public async Task Two_wrapped_servers_of_one_client_are_one_agent()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        await using var first = Wrap(workspace, "one");
        await using var second = Wrap(workspace, "two");
        await first.InitializeAsync(None);
        await second.InitializeAsync(None);

        var one = CallOf(await first.CallAsync("echo", """{"text":"x"}""", None));
        var two = CallOf(await second.CallAsync("echo", """{"text":"x"}""", None));

        Assert.Equal(one.GetProperty("agent").GetString(), two.GetProperty("agent").GetString());
        Assert.Equal([1, 2], new[] { one, two }.Select(call => call.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task Wrap_without_a_command_says_what_is_missing()
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(["wrap", "--name", "mine"], None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Required argument missing for command: 'wrap'", refused.Error);
    }

    [Theory]
    [InlineData("--workspace", "no-such-directory", "does not exist")]
    [InlineData("--rank", "0", "whole number from 1")]
    [InlineData("--agent", "two words", "1 to 128 characters")]
    public async Task Connect_refuses_a_value_that_cannot_be(string option, string value, string words)
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(["connect", option, value], None);

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith("coagent: ", refused.Error);
        Assert.Contains(words, refused.Error);
    }

    private static TestWorkspace Files() => TestWorkspace.With(("files", TestWorkspace.Builtin));

    private static RawStdioClient Wrap(TestWorkspace workspace, string name) =>
        new(workspace.Start(["wrap", "--name", name, "--", "dotnet", Repository.FixtureAssembly, "echo"]));

    private static JsonElement CallOf(RawMessage answer) => answer.Result.GetProperty("_meta").GetProperty("coagent/call");
}
