using System.IO.Pipelines;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Workspace.Effects;

/// <summary>What is declared for calls, what is bound anew when they are made, and what they answer.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DeclarationTests : IDisposable
{
    private readonly EffectsFixture _world = new();

    public DeclarationTests() => _world.Files.Put("a.txt", "alpha");

    [Fact]
    public void A_read_is_answered_from_versions_and_can_be_made_again()
    {
        var declared = _world.Declare("read_file", new { path = "a.txt" }).Call;
        Assert.True(declared is { IsRead: true, View: ReadView.Version, CanReread: true });
        Assert.Equal(Patterns("R/a.txt"), declared.Footprint.Reads);
    }

    [Fact]
    public void Writing_a_file_is_blind_and_editing_is_not()
    {
        var write = _world.Declare("write_file", new { path = "a.txt", content = "" }).Call;
        Assert.Empty(write.Footprint.Reads);
        Assert.Equal(Patterns("R/a.txt"), write.Footprint.Writes);
        Assert.True(write is { IsIrreversible: false, IsReplaySafe: true, IsInverseIdempotent: true, HasProbe: true });
        var edit = _world.Declare("edit_file", new { path = "a.txt", old = "a", @new = "b" }).Call;
        Assert.True(edit.Footprint.ReadsWhatItWrites);
    }

    [Fact]
    public async Task A_file_that_a_later_call_made_is_declared_with_its_listing()
    {
        await _world.Make("write_file", new { path = "new.txt", content = "" });
        var declared = _world.Declare("write_file", new { path = "new.txt", content = "" }).Call.Footprint;
        Assert.Equal(Patterns("R/*", "R/new.txt"), declared.Writes);
        Assert.Empty(declared.Reads);
    }

    [Fact]
    public async Task A_directory_that_a_later_call_made_is_made_by_an_earlier_call_that_needs_it()
    {
        var later = await _world.Make("write_file", new { path = "dir/later", content = "" });
        var earlier = _world.Name("write_file", new { path = "dir/earlier", content = "" });
        var effect = _world.Declared(earlier);
        Assert.Equal(Patterns("R/dir"), effect.Declared!.Reads);
        Assert.Equal(Patterns("R/*", "R/dir/*", "R/dir/earlier"), effect.Declared.Writes);
        await _world.Invert(later);
        Assert.False(Directory.Exists(_world.Files.At("dir")));
        var ready = Assert.IsType<Preparation.Ready>(await _world.Effects.PrepareAsync(effect, WorkspaceFixture.Bound()));
        var answered = Assert.IsType<Execution.Answered>(await _world.Effects.ExecuteAsync(effect, ready, WorkspaceFixture.Bound()));
        var made = new EffectsFixture.Made(earlier, new Captured(ready.Before, answered.AfterUtf8), answered.Result);
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        Assert.False(Directory.Exists(_world.Files.At("dir")));
    }

    [Fact]
    public async Task What_was_not_declared_is_not_done_and_is_declared_the_next_time()
    {
        await _world.Make("write_file", new { path = "dir/later", content = "" });
        _world.Restart();
        var call = _world.Name("write_file", new { path = "dir/new", content = "" });
        var declared = _world.Declared(call).Declared;
        Directory.Delete(_world.Files.At("dir"), recursive: true);
        Assert.Equal(
            new Preparation.NotPossible("The files that it names changed while the call waited; make it again."),
            await _world.Prepare(call, declared));
        _world.Files.Put("dir/later", "");
        declared = _world.Declared(call).Declared;
        Directory.Delete(_world.Files.At("dir"), recursive: true);
        Assert.IsType<Preparation.Ready>(await _world.Prepare(call, declared));
    }

    [Fact]
    public async Task A_read_below_a_directory_that_a_later_call_made_is_answered_without_it()
    {
        var later = await _world.Make("write_file", new { path = "e/f/g", content = "g" });
        foreach (var (tool, arguments, text) in ((string, object, string)[])
            [
                ("read_file", new { path = "e/f/g" }, "e/f/g does not exist; list_directory shows what does."),
                ("list_directory", new { path = "e/f" }, "e/f does not exist; find_files shows what does."),
                ("find_files", new { pattern = "e/f/*" }, ""),
                ("search", new { pattern = "g", path = "e/f/g" }, "e/f/g does not exist; list_directory shows what does."),
            ])
        {
            var declared = _world.Declare(tool, arguments).Call.Footprint;
            var answered = Assert.IsType<Execution.Answered>(await _world.Read(_world.Name(tool, arguments), [later], declared));
            Assert.Equal(text, EffectsFixture.Text(answered.Result));
        }
    }

    [Fact]
    public async Task A_read_through_a_link_that_a_later_call_removed_is_answered_when_it_is_made_again()
    {
        _world.Files.Link("link", "a.txt");
        var later = await _world.Make("delete_file", new { path = "link" });
        var call = _world.Name("read_file", new { path = "link" });
        Assert.IsType<Execution.NotDone>(await _world.Read(call, [later], _world.Declare("read_file", new { path = "link" }).Call.Footprint));
        var declared = _world.Declare("read_file", new { path = "link" }).Call.Footprint;
        Assert.Equal(Patterns("R/a.txt", "R/link"), declared.Reads);
        var answered = Assert.IsType<Execution.Answered>(await _world.Read(call, [later], declared));
        Assert.Equal("alpha", EffectsFixture.Text(answered.Result));
    }

    [Fact]
    public async Task A_read_that_would_look_at_what_was_not_declared_is_not_answered()
    {
        _world.Files.Link("link", "a.txt");
        var call = _world.Name("read_file", new { path = "link" });
        var declared = _world.Declare("read_file", new { path = "link" }).Call.Footprint;
        Assert.IsType<Execution.Answered>(await _world.Read(call, [], declared));
        File.Delete(_world.Files.At("link"));
        _world.Files.Link("link", "elsewhere");
        Assert.IsType<Execution.NotDone>(await _world.Read(call, [], declared));
    }

    [Fact]
    public async Task A_write_that_was_refused_when_it_was_declared_is_answered_and_never_done()
    {
        var call = _world.Name("write_file", new { path = "../x", content = "" });
        Assert.True(_world.Declared(call).Declared!.IsRead);
        var answered = Assert.IsType<Execution.Answered>(await _world.Read(call, []));
        Assert.Equal("../x is outside the workspace; paths are relative to its root and stay inside it.", EffectsFixture.Text(answered.Result));
        Assert.IsType<Execution.NotDone>(await _world.Read(_world.Name("write_file", new { path = "x", content = "" }), []));
        Assert.False(File.Exists(_world.Files.At("x")));
    }

    [Theory]
    [InlineData("read_file", """{"path":"a.txt"}""")]
    [InlineData("read_file", """{"path":"none"}""")]
    [InlineData("read_file", """{"path":"../x"}""")]
    [InlineData("read_file", "{}")]
    [InlineData("read_file", """{"path":1}""")]
    [InlineData("no_such_tool", "{}")]
    [InlineData("write_file", """{"path":"ä","content":"ü\u0001\"<&漢🎉"}""")]
    [InlineData("write_file", """{"path":".coagent/x","content":""}""")]
    [InlineData("delete_file", """{"path":"a.txt","more":1}""")]
    public async Task An_answer_is_what_the_server_says_over_MCP(string tool, string arguments)
    {
        var call = _world.Name(tool, JsonSerializer.Deserialize<JsonElement>(arguments));
        var result = _world.Declared(call).Declared!.IsRead
            ? Assert.IsType<Execution.Answered>(await _world.Read(call, [])).Result
            : (await _world.Make(call)).Result;
        var (expected, kind) = await OverMcp(tool, arguments);
        Assert.Equal(kind, result.Kind);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(result.Utf8.Span)), $"{expected} is not {Encoding.UTF8.GetString(result.Utf8.Span)}");
    }

    public void Dispose() => _world.Dispose();

    private async Task<(JsonNode Message, ToolResultKind Kind)> OverMcp(string tool, string arguments)
    {
        Pipe toServer = new(), fromServer = new();
        var serving = new WorkspaceServer(_world.Files.Tools, NullLoggerFactory.Instance)
            .RunAsync(toServer.Reader.AsStream(), fromServer.Writer.AsStream(), WorkspaceFixture.Bound());
        const string Meta =
            "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
        await toServer.Writer.WriteAsync(Encoding.UTF8.GetBytes(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}},{{{Meta}}}}}""" + "\n"));
        using var answers = new StreamReader(fromServer.Reader.AsStream());
        var message = JsonNode.Parse((await answers.ReadLineAsync(WorkspaceFixture.Bound()))!)!;
        await toServer.Writer.CompleteAsync();
        await serving;
        if (message["error"] is { } error)
        {
            return (error.DeepClone(), ToolResultKind.ProtocolError);
        }

        // The plainest form: no envelope of an era, no flag that says nothing.
        var result = message["result"]!.AsObject();
        result.Remove("resultType");
        result.Remove("_meta");
        var isError = (bool?)result["isError"] == true;
        if (!isError)
        {
            result.Remove("isError");
        }

        return (result.DeepClone(), isError ? ToolResultKind.ToolError : ToolResultKind.Answer);
    }

    private IEnumerable<ObjectPattern> Patterns(params string[] patterns) =>
        patterns.Select(pattern => ObjectPattern.Parse(_world.RootId + pattern[1..])).Order();
}
