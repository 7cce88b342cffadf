using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class ToolCatalogTests : IAsyncDisposable
{
    private readonly TwoCatalogs _files = new();
    private readonly List<CatalogSnapshot> _told = [];
    private readonly ManualTime _time = new();
    private readonly ToolCatalog _catalog;

    public ToolCatalogTests()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));
        _files.Write("workspace/q/a.yaml", TwoCatalogs.Manifest("a"));
        _catalog = new ToolCatalog(() => _files.Folders, _time) { Changed = _told.Add };
        Assert.Equal(2, _catalog.Current.Tools.Count());
        _told.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public void A_change_counts_when_a_second_look_finds_it_the_same()
    {
        _files.Write("workspace/p/b.yaml", "tool: b\n");
        _catalog.Poll();
        Assert.Empty(_told);

        _files.Write("workspace/p/b.yaml", TwoCatalogs.Manifest("b"));
        _catalog.Poll();
        Assert.Empty(_told);

        _catalog.Poll();
        Assert.Equal(["a", "b"], Assert.Single(_told).Profiles["p"].Tools.Keys);
        Assert.Empty(_told[0].Faults);
    }

    [Fact]
    public void What_has_not_changed_stays_the_same_object()
    {
        var before = _catalog.Current;
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/more"));

        var after = _catalog.Reload();

        Assert.NotSame(before.Profiles["p"], after.Profiles["p"]);
        Assert.Same(before.Profiles["q"], after.Profiles["q"]);
    }

    [Fact]
    public void Trust_is_followed_as_manifests_are()
    {
        _files.Own.Trust(_catalog.Current.Find(new CatalogName("p", "a"))!, TrustLevel.Approved, [TwoCatalogs.Definition("a")]);
        Look();

        Assert.Equal(TrustLevel.Approved, _catalog.Current.Find(new CatalogName("p", "a"))!.Trust);
        Assert.Single(_told);
    }

    [Fact]
    public void A_lock_that_breaks_is_taken_as_it_was_when_it_last_could_be_read()
    {
        _files.Own.Trust(_catalog.Current.Find(new CatalogName("p", "a"))!, TrustLevel.Approved, [TwoCatalogs.Definition("a")]);
        Look();
        _files.Write("workspace/catalog.lock", "<<<<<<< ours");
        Look();

        Assert.Equal(TrustLevel.Approved, _catalog.Current.Find(new CatalogName("p", "a"))!.Trust);
        Assert.Single(_catalog.Current.Faults);
    }

    [Fact]
    public void A_manifest_that_breaks_leaves_the_others_and_comes_back_when_it_is_mended()
    {
        _files.Write("workspace/p/a.yaml", "tool: [");
        Look();
        Assert.Equal(["q/a"], _catalog.Current.Tools.Select(static tool => $"{tool.Name}"));
        Assert.NotEmpty(_catalog.Current.Faults);

        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));
        Look();
        Assert.Equal(2, _catalog.Current.Tools.Count());
        Assert.Empty(_catalog.Current.Faults);
    }

    [Fact]
    public void Nobody_is_told_of_a_change_that_says_the_same()
    {
        _files.Write("workspace/README.md", "x");
        _files.Write("workspace/p/README.md", "x");
        Look();
        _catalog.Reload();

        Assert.Empty(_told);
    }

    [Fact]
    public async Task Another_folder_in_the_configuration_is_another_catalog()
    {
        var folders = _files.Folders;
        await using var catalog = new ToolCatalog(() => folders, _time);
        Assert.Equal(2, catalog.Current.Tools.Count());
        folders = folders with { Workspace = _files.PathOf("elsewhere") };
        catalog.Poll();
        catalog.Poll();

        Assert.Empty(catalog.Current.Tools);
    }

    [Fact]
    public async Task The_loop_looks_at_its_pace_and_fails_with_a_callback()
    {
        var catalog = new ToolCatalog(() => _files.Folders, _time);
        Assert.Equal(2, catalog.Current.Tools.Count());
        catalog.Changed = static _ => throw new InvalidOperationException("no");
        catalog.Start();
        _files.Write("workspace/p/b.yaml", TwoCatalogs.Manifest("b"));
        while (!catalog.Completion.IsCompleted)
        {
            _time.Advance(ToolCatalog.DefaultPollInterval);
            await Task.Yield();
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => catalog.Completion);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await catalog.DisposeAsync());
    }

    private void Look()
    {
        _catalog.Poll();
        _catalog.Poll();
    }
}
