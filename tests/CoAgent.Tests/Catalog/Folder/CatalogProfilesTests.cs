using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class CatalogProfilesTests : IAsyncDisposable
{
    private static readonly CatalogName s_name = new("p", "a");
    private static readonly ForeignServer s_server = new("s", "p-server", Profile: null, ["p-server"], "/");
    private static readonly NamedCall s_call = new(new CallId(1), AgentId.Create("me"), new ToolRequest("s", "a", "{}"u8.ToArray()));

    private readonly TwoCatalogs _files = new();
    private readonly KeptContents _contents = new();
    private readonly ToolCatalog _catalog;
    private CatalogProfiles _profiles;

    public CatalogProfilesTests()
    {
        _files.Write("workspace/p/profile.yaml", "profile: p\nservers: [p-server]\n");
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/old"));
        _catalog = new ToolCatalog(() => _files.Folders, new ManualTime());
        _profiles = new CatalogProfiles(_catalog, CarriedOut.Make, _contents);
        Trust();
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public void A_tool_is_known_as_its_server_lists_it_and_no_otherwise()
    {
        Assert.IsType<Declaring.Known>(Declare(TwoCatalogs.Digest("a")));

        var unlisted = Assert.IsType<Declaring.Unknown>(Declare(definition: null));
        Assert.True(unlisted.NeedsDefinition);

        var stale = Assert.IsType<Declaring.Unknown>(Declare(TwoCatalogs.Digest("a", "Other.")));
        Assert.Equal((false, "coagent catalog diff s"), (stale.NeedsDefinition, stale.Command));
        Assert.Contains("describes the tool otherwise", stale.Reason, StringComparison.Ordinal);
        Assert.Equal(["mcp:p/**"], stale.Scope.Select(static pattern => $"{pattern}"));
    }

    [Fact]
    public void A_tool_without_a_manifest_and_one_whose_manifest_has_faults_say_so()
    {
        Assert.Contains("no manifest of the tool", Assert.IsType<Declaring.Unknown>(Declare(definition: null, "b")).Reason, StringComparison.Ordinal);

        _files.Write("workspace/p/b.yaml", "tool: b\n");
        _catalog.Reload();

        Assert.Contains("has faults", Assert.IsType<Declaring.Unknown>(Declare(definition: null, "b")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_declared_a_call_stays_what_it_was()
    {
        var declared = _profiles.Find(s_server);
        Assert.Same(declared, _profiles.Find(s_server with { Arguments = ["p-server"] }));

        Change();

        Assert.NotSame(declared, _profiles.Find(s_server));
        Assert.Equal("mcp:p/old", WritesOf(declared!));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("gone")]
    [InlineData("restarted")]
    public async Task A_write_is_taken_back_by_the_manifest_that_has_captured_it_whatever_became_of_that(string fate)
    {
        var captured = await CaptureAsync();
        if (fate == "gone")
        {
            _files.Delete("workspace/p/a.yaml");
            _files.Delete("workspace/p/profile.yaml");
            _catalog.Reload();
            Assert.Null(_profiles.Find(s_server));
        }
        else
        {
            Change();
        }

        if (fate == "restarted")
        {
            _profiles = new CatalogProfiles(_catalog, CarriedOut.Make, _contents);
        }

        var former = await _profiles.FindAsync(s_server, captured, CancellationToken.None);

        var inversion = Assert.IsType<Inversion.Failed>(await former!.InvertAsync(s_call, captured, CancellationToken.None));
        Assert.Equal("by mcp:p/old, before: captured", inversion.Reason);
        Assert.Same(former, await _profiles.FindAsync(s_server, captured, CancellationToken.None));
    }

    [Fact]
    public async Task A_manifest_that_is_still_there_is_not_made_twice()
    {
        var captured = await CaptureAsync();
        _files.Write("workspace/p/b.yaml", TwoCatalogs.Manifest("b"));
        _catalog.Reload();

        Assert.Same(_profiles.Find(s_server), await _profiles.FindAsync(s_server, captured, CancellationToken.None));
    }

    [Fact]
    public async Task What_was_captured_and_is_kept_no_longer_is_taken_back_by_nobody()
    {
        var captured = await CaptureAsync();
        Change();
        _contents.Kept.Clear();

        Assert.Null(await _profiles.FindAsync(s_server, captured, CancellationToken.None));
    }

    [Fact]
    public async Task A_call_whose_tool_is_described_no_longer_is_not_made_again()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("other"));
        _catalog.Reload();

        var prepared = await _profiles.Find(s_server)!.PrepareAsync(new WriteEffect(s_call, IsReplay: true, Beneath: null), CancellationToken.None);

        Assert.Contains("no longer", Assert.IsType<Preparation.NotPossible>(prepared).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mcp:p/old", true)]
    [InlineData("mcp:p/**", true)]
    [InlineData("mcp:p/other", false)]
    public async Task A_call_touches_nothing_but_what_it_was_declared_to_touch_by_whichever_manifest(string declared, bool isPrepared)
    {
        var effect = new WriteEffect(s_call, IsReplay: true, Beneath: null) { Declared = Footprint.Create([], [ObjectPattern.Parse(declared)]) };

        var prepared = await _profiles.Find(s_server)!.PrepareAsync(effect, CancellationToken.None);

        Assert.Equal(isPrepared, prepared is Preparation.Ready);
        Assert.True(isPrepared || ((Preparation.NotPossible)prepared).Reason.Contains("make it again", StringComparison.Ordinal));
    }

    private void Change()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/new"));
        _catalog.Reload();
        Trust();
        Assert.Equal("mcp:p/new", WritesOf(_profiles.Find(s_server)!));
    }

    private void Trust()
    {
        _files.Own.Trust(_catalog.Reload().Find(s_name)!, TrustLevel.Approved, [TwoCatalogs.Definition("a")]);
        _catalog.Reload();
    }

    private async Task<Captured> CaptureAsync()
    {
        var profile = _profiles.Find(s_server)!;
        var effect = new WriteEffect(s_call, IsReplay: false, Beneath: null);
        var ready = Assert.IsType<Preparation.Ready>(await profile.PrepareAsync(effect, CancellationToken.None));
        var after = await profile.LookAfterAsync(effect, ready, new ToolResult(ToolResultKind.Answer, "{}"u8.ToArray()), CancellationToken.None);
        Assert.Equal("after captured", Encoding.UTF8.GetString(after.Span));
        foreach (var content in ready.Before.Contents)
        {
            _contents.Kept[content.Id] = content.Bytes;
        }

        return new Captured(ready.Before.NamesOnly(), after);
    }

    private Declaring Declare(ContentId? definition, string tool = "a") =>
        _profiles.Find(s_server)!.Declare(new ListedTool(tool, definition), JsonElement.Parse("{}"));

    private static string WritesOf(IToolProfile profile) =>
        $"{Assert.IsType<Declaring.Known>(profile.Declare(new ListedTool("a", TwoCatalogs.Digest("a")), JsonElement.Parse("{}"))).Declaration.Call.Footprint.Writes[0]}";

    /// <summary>Carries manifests out in words: says by which manifest something was done.</summary>
    private sealed class CarriedOut(IReadOnlyDictionary<string, ToolManifest> tools) : IToolProfile
    {
        private string Writes => tools["a"].Writes[0].Id.Source;

        public static CarriedOut Make(ForeignServer server, ProfileManifest profile, IReadOnlyDictionary<string, ToolManifest> tools) => new CarriedOut(tools);

        public Declaring Declare(ListedTool tool, JsonElement arguments) =>
            new Declaring.Known(new ToolDeclaration(new CallDeclaration(Footprint.Create([], [ObjectPattern.Parse(Writes)]))));

        public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Preparation>(new Preparation.Ready(new Capture("captured"u8.ToArray(), [Content.Of("c"u8.ToArray())])));

        public ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
            WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes($"after {TextOf(prepared.Before)}"));

        public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Inversion>(new Inversion.Failed($"by {Writes}, before: {TextOf(captured.Before)}"));

        public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) => ValueTask.FromResult(Finding.Unclear);

        private static string TextOf(Capture capture) => Encoding.UTF8.GetString(capture.ManifestUtf8.Span);
    }

    /// <summary>What a journal keeps.</summary>
    private sealed class KeptContents : IContentSource
    {
        public Dictionary<ContentId, ReadOnlyMemory<byte>> Kept { get; } = [];

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
            Kept.TryGetValue(id, out var bytes) ? ValueTask.FromResult(bytes) : throw new KeyNotFoundException();
    }
}
