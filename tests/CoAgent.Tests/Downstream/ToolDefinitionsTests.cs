using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Downstream;

/// <summary>How a server defines its tools, asked when somebody has to know.</summary>
public sealed class ToolDefinitionsTests : IAsyncDisposable
{
    private readonly ScriptedServers _servers = new();
    private readonly ServerLink _link;
    private string _description = "one";
    private int _listCount;

    public ToolDefinitionsTests()
    {
        var initialize = _servers.Answer;
        _servers.Answer = request => request.Method == MethodNames.ToolsList ? List(request) : initialize(request);
        _link = _servers.Link(new RecordingOwner());
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task Every_page_is_read_and_asked_for_once()
    {
        Assert.Equal(Digest("first", "one"), await OfAsync("first"));
        Assert.Equal(Digest("second", "one"), await OfAsync("second"));
        Assert.Equal(2, _listCount); // one list of two pages
    }

    [Fact]
    public async Task A_tool_that_is_not_listed_is_asked_for_once()
    {
        await _link.OpenAsync();
        Assert.Null(await OfAsync("third"));
        Assert.Null(await OfAsync("third"));
        Assert.Equal(2, _listCount);
    }

    [Fact]
    public async Task A_server_that_changes_its_list_is_asked_again()
    {
        Assert.Equal(Digest("first", "one"), await OfAsync("first"));
        var server = await _servers.StartedAsync();
        _description = "two";
        var edition = _link.Tools.Edition;
        await server.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        while (_link.Tools.Edition == edition)
        {
            await Task.Yield();
        }

        Assert.Null(_link.Tools.DefinitionOf("first"));
        Assert.NotNull(_link.Tools.Of("first")); // what a relay goes by stays
        Assert.Equal(Digest("first", "two"), await OfAsync("first"));
    }

    [Fact]
    public async Task A_server_that_was_started_anew_is_asked_again()
    {
        Assert.Equal(Digest("first", "one"), await OfAsync("first"));
        var server = await _servers.StartedAsync();
        server.Die();
        while (_link.Current is not null)
        {
            await Task.Yield();
        }

        _description = "two";
        await _link.OpenAsync();

        Assert.Equal(Digest("first", "two"), await OfAsync("first"));
    }

    [Fact]
    public async Task A_list_that_passes_by_is_enough()
    {
        await _link.OpenAsync();
        _link.Tools.Note(ListItems.Of(JsonRpcFrame.Parse("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"first","description":"seen"}]}}"""u8.ToArray()), "tools"u8));

        Assert.Equal(Digest("first", "seen"), await OfAsync("first"));
        Assert.Equal(0, _listCount);
    }

    [Fact]
    public async Task A_server_that_does_not_list_is_asked_by_the_next_call_again()
    {
        var list = _servers.Answer;
        _servers.Answer = request => request.Method == MethodNames.ToolsList ? """error:{"code":-32603,"message":"no"}""" : list(request);
        Assert.Null(await OfAsync("first"));

        _servers.Answer = list;
        Assert.Equal(Digest("first", "one"), await OfAsync("first"));
    }

    private Task<ContentId?> OfAsync(string tool) => _link.Definitions.OfAsync(tool, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private string List(JsonRpcFrame request)
    {
        _listCount++;
        return request.Members.Cursor.Exists
            ? $$"""{"tools":[{"name":"second","description":"{{_description}}"}]}"""
            : $$"""{"tools":[{"name":"first","description":"{{_description}}"}],"nextCursor":"2"}""";
    }

    private static ContentId? Digest(string name, string description) =>
        ToolDefinition.DigestOf(JsonElement.Parse($$"""{"description":"{{description}}","name":"{{name}}"}"""));
}
