using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary><c>coagent catalog</c>: what its commands print, and what a daemon makes of what they change.</summary>
public sealed class CatalogCommandsTests
{
    private const string Manifest = "tools-catalog/maker/put.yaml";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_unknown_tool_is_drafted_approved_and_known_until_its_server_says_something_else_of_it()
    {
        await using var workspace = MakerServer.Workspace();
        await using var daemon = await workspace.ServeAsync(None);

        var unknown = await PutAsync(workspace, "one");
        Assert.Equal("coagent catalog draft maker put", unknown.GetProperty("declare").GetString());
        Assert.Equal(0, (await workspace.RunAsync(["catalog", "draft", "maker", "put"], None)).ExitCode);
        Assert.Contains("is a draft", (await PutAsync(workspace, "one")).GetProperty("why").GetString(), StringComparison.Ordinal);

        WriteManifest(workspace);
        var approved = await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None);
        Assert.Equal((0, "approved      maker/put for maker-server 1"), (approved.ExitCode, approved.Output.Trim()));
        var known = await PutAsync(workspace, "two");
        Assert.False(known.TryGetProperty("known", out _));
        Assert.True(known.GetProperty("reversible").GetBoolean());

        MakerServer.Describe(workspace, "Writes a file, and tells everybody.");
        var stale = await PutAsync(workspace, "three");
        Assert.Equal("coagent catalog diff maker", stale.GetProperty("declare").GetString());
        var status = await workspace.StatusAsync(None);
        var one = Assert.Single(Called(status));
        Assert.Equal(("maker", "put", "coagent catalog diff maker"), (Text(one, "server"), Text(one, "tool"), Text(one, "command")));
        Assert.Contains("coagent catalog diff maker", (await workspace.RunAsync(["status"], None)).Output, StringComparison.Ordinal);
        var diff = await workspace.RunAsync(["catalog", "diff", "maker"], None);
        Assert.Equal(1, diff.ExitCode);
        Snapshot.Matches("catalog-diff", diff.Output);

        await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None);
        Assert.False((await PutAsync(workspace, "four")).TryGetProperty("known", out _));
        Assert.Empty(Called(await workspace.StatusAsync(None)));
    }

    [Fact]
    public async Task Status_tells_the_unknown_tools_that_are_offered_before_anybody_calls_them()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);
        await using var daemon = await workspace.ServeAsync(None);
        Assert.Empty((await workspace.StatusAsync(None)).GetProperty("unknownTools").EnumerateArray()); // no server is started to ask it
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);
        await client.RequestAsync("tools/list", "{}", None);

        var offered = (await workspace.StatusAsync(None)).GetProperty("unknownTools").EnumerateArray().ToArray();
        Assert.Equal(
            [("look", false, "coagent catalog draft maker look"), ("put", false, "coagent catalog approve maker/put --from-server maker")],
            offered.Select(static tool => (Text(tool, "tool"), tool.GetProperty("isCalled").GetBoolean(), Text(tool, "command"))));

        await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None);
        await client.CallAsync("look", "{}", None);
        var left = Assert.Single((await workspace.StatusAsync(None)).GetProperty("unknownTools").EnumerateArray());
        Assert.Equal(("look", true), (Text(left, "tool"), left.GetProperty("isCalled").GetBoolean()));
        Assert.Contains("look", (await workspace.RunAsync(["catalog", "list"], None)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_is_not_approved_that_names_what_its_tool_does_not_take()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace, text: MakerServer.PutManifest.Replace("TARGET: \"{path}\"", "TARGET: \"{pth}\"", StringComparison.Ordinal));

        var refused = await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{workspace.PathOf(Manifest)}:13: reverse.steps[0].environment.TARGET: names pth, which is no argument", refused.Output, StringComparison.Ordinal);
        Assert.Contains("Did you mean \"path\"?", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_whose_manifest_cannot_tell_what_it_touches_is_made_as_one_of_an_unknown_tool()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);
        workspace.Write("tools-catalog/maker/profile.yaml", "profile: maker\nservers: [maker-server]\npackage: nowhere\npaths: arguments\n");
        await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None);
        await using var daemon = await workspace.ServeAsync(None);

        var record = await PutAsync(workspace, "made");

        Assert.Contains("directories", Text(record, "why"), StringComparison.Ordinal);
        Assert.Equal("applied", Text(record, "status"));
        Assert.Equal("made", await File.ReadAllTextAsync(workspace.PathOf("a.txt")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_taken_back_as_its_manifest_said_although_that_is_forgotten_since(bool isKilled)
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);
        await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None);
        var file = workspace.Write("a.txt", "before");
        var daemon = await workspace.ServeAsync(None);
        try
        {
            var call = (await PutAsync(workspace, "after")).GetProperty("id").GetString()!;
            Assert.Equal("after", await File.ReadAllTextAsync(file));

            Assert.Equal(0, (await workspace.RunAsync(["catalog", "forget", "maker/put"], None)).ExitCode);
            Assert.False(File.Exists(workspace.PathOf(Manifest)));
            if (isKilled)
            {
                await daemon.KillAsync(None);
                await daemon.DisposeAsync();
                daemon = await workspace.ServeAsync(None);
            }

            var undone = await workspace.RunAsync(["undo", call], None);
            Assert.Equal((0, ""), (undone.ExitCode, undone.Error));
            Assert.Equal("before", await File.ReadAllTextAsync(file));
        }
        finally
        {
            await daemon.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_an_unknown_tool_was_seen_to_do_becomes_a_draft()
    {
        await using var workspace = MakerServer.Workspace("observe");
        workspace.Write("a.txt", "before");
        await using var daemon = await workspace.ServeAsync(None);

        var record = await PutAsync(workspace, "after");

        Assert.False(record.GetProperty("known").GetBoolean());
        Assert.Equal("mcp:maker/**", Assert.Single(record.GetProperty("writes").EnumerateArray()).GetString());
        Snapshot.Matches(
            "catalog-observed",
            (await File.ReadAllTextAsync(workspace.PathOf(Manifest))).Replace(workspace.Root, "WORKSPACE", StringComparison.Ordinal));
        Assert.Contains("maker/put", (await workspace.RunAsync(["catalog", "list", "--all"], None)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_tells_the_manifest_its_trust_and_what_calls_touch()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);

        var examples = await workspace.RunAsync(["catalog", "show", "put"], None);
        var given = await workspace.RunAsync(["catalog", "show", "maker/put", "--json", "--arguments", """{"path":"b/c.txt"}"""], None);

        Assert.Equal((0, ""), (examples.ExitCode, examples.Error));
        Snapshot.Matches("catalog-show", examples.Output.Replace(workspace.Root, "WORKSPACE", StringComparison.Ordinal));
        var call = Assert.Single(given.Json.GetProperty("calls").EnumerateArray());
        Assert.Equal("mcp:maker/files/b%2Fc.txt", Assert.Single(call.GetProperty("writes").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task The_table_of_a_readme_is_written_between_its_markers_and_the_rest_is_kept()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);

        Assert.Equal(1, (await workspace.RunAsync(["catalog", "table", "maker", "--check"], None)).ExitCode);
        await workspace.RunAsync(["catalog", "table", "maker"], None);
        var readme = workspace.PathOf("tools-catalog/maker/README.md");
        Snapshot.Matches("catalog-table", await File.ReadAllTextAsync(readme));

        await File.WriteAllTextAsync(readme, "Before.\n\n" + (await File.ReadAllTextAsync(readme)).Replace("Writes", "Scribbles", StringComparison.Ordinal) + "\nAfter.\n");
        Assert.Equal(0, (await workspace.RunAsync(["catalog", "table", "maker"], None)).ExitCode);
        var after = await File.ReadAllTextAsync(readme);
        Assert.StartsWith("Before.\n", after, StringComparison.Ordinal);
        Assert.EndsWith("\nAfter.\n", after, StringComparison.Ordinal);
        Assert.Equal(0, (await workspace.RunAsync(["catalog", "table", "maker", "--check"], None)).ExitCode);
    }

    [Fact]
    public async Task List_says_what_is_wrong_and_the_rest_goes_on()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);
        WriteManifest(workspace, "look", "tool: look\neffekt: read\n");

        var list = await workspace.RunAsync(["catalog", "list", "--json"], None);

        Assert.Equal(1, list.ExitCode);
        Assert.Contains(list.Json.GetProperty("tools").EnumerateArray(), static tool => (Text(tool, "profile"), Text(tool, "tool"), Text(tool, "trust")) == ("maker", "put", "draft"));
        Assert.Contains(list.Json.GetProperty("faults").EnumerateArray(), static fault => fault.GetString()!.Contains("look.yaml:2: effekt: ", StringComparison.Ordinal));
        Assert.Contains("look.yaml:2", (await workspace.RunAsync(["doctor"], None)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("approve", "maker/put", "nobody knows how its server defines it")]
    [InlineData("approve", "maker/nothing", "the catalog has no tool 'maker/nothing'")]
    [InlineData("show", "nothing", "coagent catalog list --all")]
    [InlineData("table", "nothing", "the catalog has no profile 'nothing'")]
    [InlineData("diff", "nothing", "has no server 'nothing'")]
    [InlineData("draft", "maker", "nothing", "does not list a tool 'nothing': it has look, put")]
    public async Task What_cannot_be_done_says_what_to_do(params string[] words)
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);

        var refused = await workspace.RunAsync(["catalog", .. words[..^1]], None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(words[^1], refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recorded_list_ties_as_the_server_itself_does_and_one_that_is_cut_is_refused()
    {
        await using var workspace = MakerServer.Workspace();
        WriteManifest(workspace);
        var list = workspace.Write("list.json", """
            {"tools":[{"name":"put","title":"Put","description":"Writes a file.",
            "inputSchema":{"properties":{"content":{"type":"string"},"path":{"type":"string"}},"type":"object"}}]}
            """);
        Assert.Equal(0, (await workspace.RunAsync(["catalog", "approve", "maker", "--tools", list], None)).ExitCode);
        Assert.DoesNotContain("put", (await workspace.RunAsync(["catalog", "diff", "maker"], None)).Output, StringComparison.Ordinal);

        workspace.Write("list.json", """[{"name":"put","hasOutputSchema":true}]""");
        Assert.Contains("leaves out the outputSchema of put", (await workspace.RunAsync(["catalog", "approve", "maker", "--tools", list], None)).Error, StringComparison.Ordinal);
    }

    private static void WriteManifest(TestWorkspace workspace, string tool = "put", string text = MakerServer.PutManifest)
    {
        Directory.CreateDirectory(workspace.PathOf("tools-catalog/maker"));
        workspace.Write($"tools-catalog/maker/{tool}.yaml", text);
    }

    // Always the same agent: its own calls wait for nobody.
    private static async Task<JsonElement> PutAsync(TestWorkspace workspace, string content)
    {
        var arguments = JsonSerializer.Serialize(new Dictionary<string, string> { ["path"] = workspace.PathOf("a.txt"), ["content"] = content });
        var answer = await workspace.RunAsync(["call", "maker", "put", arguments, "--agent", "me", "--json"], None);
        return answer.Json.GetProperty("_meta").GetProperty("coagent/call");
    }

    private static IEnumerable<JsonElement> Called(JsonElement status) =>
        status.GetProperty("unknownTools").EnumerateArray().Where(static tool => tool.GetProperty("isCalled").GetBoolean());

    private static string Text(JsonElement parent, string member) => parent.GetProperty(member).GetString()!;
}
