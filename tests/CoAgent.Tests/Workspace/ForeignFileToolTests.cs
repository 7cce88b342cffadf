using System.Runtime.Versioning;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Support;
using CoAgent.Tests.Workspace.Effects;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Workspace;

/// <summary>
/// The file tools of <c>server-filesystem</c> as the shipped catalog describes them: what is declared, and that what they did is taken back. The test is
/// the server.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class ForeignFileToolTests : IServerCalls, IProgramRunner, IDisposable
{
    private static readonly CatalogedProfile Described =
        ToolCatalog.Read(new CatalogFolders(Shipped: null, Path.Combine(Repository.Root, CatalogFolders.Name))).Profiles["server-filesystem"];

    private readonly EffectsFixture _world = new();
    private readonly IToolProfile _profile;

    public ForeignFileToolTests()
    {
        _world.Files.Put("a.txt", "one\r\ntwo\r\n");
        _world.Files.Put("dir/b.txt", "beta");
        _world.Files.Link("link", "a.txt");
        _profile = Find(Server());
    }

    [Fact]
    public void A_server_whose_directories_are_not_here_is_not_known()
    {
        AssertUnknown(Server() with { Arguments = ["docker", "run", "mcp/server-filesystem", "/projects-of-a-container"] });
        AssertUnknown(Server() with { Arguments = ["docker", "run", "-i", "mcp/filesystem", "/"] });
        AssertUnknown(Server() with { Arguments = [], WorkingDirectory = null });
    }

    [Theory]
    [InlineData("read_file", """{"path":"a.txt"}""", "R/a.txt")]
    [InlineData("read_text_file", """{"path":"link","head":1}""", "R/a.txt R/link")]
    [InlineData("read_media_file", """{"path":"none/x"}""", "R/none/x R/none")]
    [InlineData("read_multiple_files", """{"paths":["a.txt","dir/b.txt"]}""", "R/a.txt R/dir/b.txt")]
    [InlineData("list_directory", """{"path":"."}""", "R R/*")]
    [InlineData("list_directory_with_sizes", """{"path":"dir"}""", "R/dir/**")]
    [InlineData("directory_tree", """{"path":"dir/../dir"}""", "R/dir/**")]
    [InlineData("search_files", """{"path":".","pattern":"x"}""", "R/**")]
    [InlineData("get_file_info", """{"path":"dir"}""", "R/dir")]
    [InlineData("list_allowed_directories", "{}", "")]
    [InlineData("edit_file", """{"path":"a.txt","edits":[],"dryRun":true}""", "R/a.txt")]
    public void A_read_is_declared(string tool, string arguments, string reads)
    {
        var declared = Declare(tool, arguments)!.Call;
        Assert.True(declared is { IsRead: true, View: ReadView.Rewind });
        Assert.Equal(Patterns(reads), declared.Footprint.Reads);
        Assert.Equal(tool != "get_file_info", declared.CanReread);
    }

    [Theory]
    [InlineData("write_file", """{"path":"a.txt","content":""}""", "", "R/a.txt")]
    [InlineData("write_file", """{"path":"new","content":""}""", "", "R/new R/*")]
    [InlineData("edit_file", """{"path":"link","edits":[]}""", "R/a.txt R/link", "R/a.txt")]
    [InlineData("create_directory", """{"path":"x/y"}""", "R/x", "R/x/y R/x/* R/x R/*")]
    [InlineData("move_file", """{"source":"a.txt","destination":"dir/c.txt"}""", "R/a.txt R/dir/c.txt", "R/a.txt R/* R/dir/c.txt R/dir/*")]
    [InlineData("move_file", """{"source":"dir","destination":"moved"}""", "R/dir/** R/moved/**", "R/dir/** R/* R/moved/**")]
    public void A_write_is_declared(string tool, string arguments, string reads, string writes)
    {
        var declared = Declare(tool, arguments)!.Call;
        Assert.Equal(Patterns(reads), declared.Footprint.Reads);
        Assert.Equal(Patterns(writes), declared.Footprint.Writes);
        Assert.True(declared is { IsIrreversible: false, IsInverseIdempotent: true, HasProbe: true });
    }

    [Fact]
    public void A_tool_that_is_not_described_is_not_known() => Assert.Null(Declare("delete_everything", "{}"));

    [Fact]
    public void A_call_whose_path_leads_nowhere_is_not_known()
    {
        Assert.Null(Declare("search_files", """{"path":"","pattern":"x"}"""));
        Assert.Null(Declare("read_file", """{"path":"a\u0000b"}"""));
        Assert.Null(Declare("write_file", """{"content":"x"}"""));
    }

    [Fact]
    public void Paths_lead_where_the_server_takes_them()
    {
        var root = _world.Files.Tools.Root.Path;
        Assert.Equal(Patterns("R/dir/b.txt"), Reads($"{root}/dir/b.txt"));
        Assert.Equal(Patterns("R/a.txt"), Reads("missing/../a.txt"));
        Assert.Equal(ObjectPattern.Parse("file:" + Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)), Assert.Single(Reads("~")));
    }

    [Fact]
    public async Task A_write_is_taken_back_and_found_out_about()
    {
        await Check("write_file", """{"path":"a.txt","content":"new"}""", () => _world.Files.Put("a.txt", "new"));
        await Check("write_file", """{"path":"new","content":"new"}""", () => _world.Files.Put("new", "new"));
        await Check("write_file", """{"path":"none/new","content":"fails"}""", static () => { });
        await Check(
            "edit_file",
            """{"path":"a.txt","edits":[{"oldText":"one\r\ntwo","newText":"1\n2"},{"oldText":"2","newText":"3"}]}""",
            () => _world.Files.Put("a.txt", "1\n3\n"));
        await Check("create_directory", """{"path":"x/y/z"}""", () => Directory.CreateDirectory(_world.Files.At("x/y/z")));
        await Check("move_file", """{"source":"dir","destination":"moved"}""", () => Directory.Move(_world.Files.At("dir"), _world.Files.At("moved")));
        await Check("move_file", """{"source":"dir","destination":"a.txt"}""", static () => { });
        await Check("move_file", """{"source":"link","destination":"moved"}""", () => File.Move(_world.Files.At("a.txt"), _world.Files.At("moved")));
    }

    [Fact]
    public async Task An_edit_that_only_the_server_understands_is_taken_back_whatever_came_of_it()
    {
        var before = _world.Image;
        var (call, ready) = await Prepare("edit_file", """{"path":"a.txt","edits":[{"oldText":"  one","newText":"1"}]}""");
        _world.Files.Put("a.txt", "1\ntwo\n");
        var captured = new Captured(EffectsFixture.Journaled(ready.Before), default);
        Assert.Equal(Finding.Unclear, await _profile.ProbeAsync(call, captured, WorkspaceFixture.Bound()));
        Assert.Equal(new Inversion.Done(), await _profile.InvertAsync(call, captured, WorkspaceFixture.Bound()));
        Assert.Equal(before, _world.Image);
    }

    [Fact]
    public async Task A_new_file_of_which_a_server_wrote_half_is_taken_back()
    {
        var before = _world.Image;
        var (call, ready) = await Prepare("write_file", """{"path":"new","content":"all of it"}""");
        _world.Files.Put("new", "all");
        var captured = new Captured(EffectsFixture.Journaled(ready.Before), default);
        Assert.Equal(Finding.Unclear, await _profile.ProbeAsync(call, captured, WorkspaceFixture.Bound()));
        Assert.Equal(new Inversion.Done(), await _profile.InvertAsync(call, captured, WorkspaceFixture.Bound()));
        Assert.Equal(before, _world.Image);
    }

    [Fact]
    public async Task What_somebody_outside_wrote_is_not_touched()
    {
        var (call, ready) = await Prepare("write_file", """{"path":"a.txt","content":"new"}""");
        _world.Files.Put("a.txt", "outside");
        var captured = new Captured(EffectsFixture.Journaled(ready.Before), default);
        Assert.Equal(new Inversion.OutsideWrite(), await _profile.InvertAsync(call, captured, WorkspaceFixture.Bound()));
    }

    [Fact]
    public async Task A_reading_tool_of_the_workspace_shows_what_was_there_before_a_foreign_write()
    {
        var (call, ready) = await Prepare("write_file", """{"path":"dir/b.txt","content":"new"}""");
        _world.Files.Put("dir/b.txt", "new");
        var made = new EffectsFixture.Made(call, new Captured(ready.Before, default), new ToolResult(ToolResultKind.Answer, default));
        Assert.Equal("beta", await _world.ReadText("read_file", new { path = "dir/b.txt" }, made));
    }

    public void Dispose() => _world.Dispose();

    private ForeignServer Server() => new(
        "files", "secure-filesystem-server", Profile: null, ["npx", "-y", "@modelcontextprotocol/server-filesystem@2026.8.31", "."], _world.Files.RootPath);

    ValueTask<Execution> IServerCalls.CallAsync(NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The state of files asks no server.");

    ValueTask<ProgramEnd> IProgramRunner.RunAsync(ProgramStart start, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The state of files needs no program.");

    private IToolProfile Find(ForeignServer server) =>
        new ManifestProfiles(new ExecutionPorts(this, this, new FilePaths(), [new FileToolState(_world)], _world, TimeProvider.System))
            .Create(server, Described.Manifest, Described.Tools.ToDictionary(static tool => tool.Key, static tool => tool.Value.Manifest));

    private ToolDeclaration? Declare(string tool, string arguments) =>
        (_profile.Declare(new ListedTool(tool, Definition: null), JsonSerializer.Deserialize<JsonElement>(arguments)) as Declaring.Known)?.Declaration;

    private void AssertUnknown(ForeignServer server) => Assert.IsType<Declaring.Unknown>(
        Find(server).Declare(new ListedTool("list_allowed_directories", Definition: null), JsonSerializer.Deserialize<JsonElement>("{}")));

    private System.Collections.Immutable.ImmutableArray<ObjectPattern> Reads(string path) =>
        Declare("read_file", JsonSerializer.Serialize(new { path }))!.Call.Footprint.Reads;

    private async Task Check(string tool, string arguments, Action serve)
    {
        var before = _world.Image;
        var (call, ready) = await Prepare(tool, arguments);
        serve();
        var effect = new WriteEffect(call, IsReplay: false, Beneath: null);
        var left = await _profile.LookAfterAsync(effect, ready, new ToolResult(ToolResultKind.Answer, default), WorkspaceFixture.Bound());
        var captured = new Captured(EffectsFixture.Journaled(ready.Before), left);
        var changed = before != _world.Image;
        Assert.Equal(Finding.Happened, await _profile.ProbeAsync(call, captured, WorkspaceFixture.Bound()));
        foreach (var known in (Captured[])[captured, captured with { AfterUtf8 = default }])
        {
            Assert.Equal(new Inversion.Done(), await _profile.InvertAsync(call, known, WorkspaceFixture.Bound()));
            Assert.Equal(before, _world.Image);
            Assert.Equal(changed ? Finding.DidNotHappen : Finding.Happened, await _profile.ProbeAsync(call, known, WorkspaceFixture.Bound()));
            serve();
        }

        Assert.Equal(new Inversion.Done(), await _profile.InvertAsync(call, captured, WorkspaceFixture.Bound()));
    }

    private async Task<(NamedCall Call, Preparation.Ready Ready)> Prepare(string tool, string arguments)
    {
        var call = new NamedCall(
            new CallId(1), AgentId.Create("a"), new ToolRequest("files", tool, System.Text.Encoding.UTF8.GetBytes(arguments)));
        var effect = new WriteEffect(call, IsReplay: false, Beneath: null) { Declared = Declare(tool, arguments)!.Call.Footprint };
        return (call, _world.Keep(Assert.IsType<Preparation.Ready>(await _profile.PrepareAsync(effect, WorkspaceFixture.Bound()))));
    }

    private IEnumerable<ObjectPattern> Patterns(string patterns) => patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pattern => ObjectPattern.Parse(_world.RootId + pattern[1..])).Order();
}
