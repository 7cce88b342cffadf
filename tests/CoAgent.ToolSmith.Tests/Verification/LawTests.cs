using CoAgent.ToolSmith.Tests.Support;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Tests.Verification;

/// <summary>The laws, over a server whose tools have faults: each fault is found, and what is right is not complained of.</summary>
public sealed class LawTests
{
    private const string Put = """{"name":"Bob","value":"2"}""";
    private const string Overwrite = """{"name":"Alice","value":"2"}""";
    private const string SaveOver = """{"name":"{root}/a.txt","value":"new"}""";
    private static readonly string[] s_put = ["mcp:ledger/entries/Bob", "mcp:ledger/entries/*"];
    private static readonly string[] s_overwrite = ["mcp:ledger/entries/Alice"];
    private static readonly string[] s_save = ["file:{root}/a.txt"];
    private static readonly (string, string) s_old = ("a.txt", "old");

    [Fact]
    public async Task A_right_manifest_keeps_all_laws()
    {
        Assert.All(await new Ledger { Writes = s_put }.CheckAsync("put", Put), static law => Assert.IsType<LawOutcome.Held>(law.Value));
        Assert.All(await new Ledger { Writes = s_overwrite }.CheckAsync("put", Overwrite), static law => Assert.IsType<LawOutcome.Held>(law.Value));
        Assert.All(await new Ledger { Writes = s_save }.CheckAsync("save", SaveOver, s_old), static law => Assert.IsType<LawOutcome.Held>(law.Value));
    }

    [Fact]
    public async Task An_undeclared_write_of_an_entry_breaks_the_footprint_law()
    {
        var laws = await new Ledger { Writes = s_overwrite }.CheckAsync("put_noted", Overwrite);

        var broken = Assert.IsType<LawOutcome.Broken>(laws[Law.Footprint]);
        Assert.Contains("\"name\":\"last\"", Assert.Single(broken.Evidence, static line => line.StartsWith("changed", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undeclared_listing_breaks_the_footprint_law() =>
        Assert.IsType<LawOutcome.Broken>((await new Ledger { Writes = ["mcp:ledger/entries/Bob"] }.CheckAsync("put", Put))[Law.Footprint]);

    [Fact]
    public async Task An_undeclared_file_breaks_the_footprint_law()
    {
        var twice = await new Ledger { Writes = s_save }.CheckAsync("save_twice", SaveOver, s_old);
        var created = await new Ledger { Writes = s_save }.CheckAsync("save", SaveOver);

        Assert.Contains("a.txt.copy: nothing → file", Assert.IsType<LawOutcome.Broken>(twice[Law.Footprint]).Evidence[0], StringComparison.Ordinal);
        Assert.Contains("the listing of its folder is not declared", Assert.IsType<LawOutcome.Broken>(created[Law.Footprint]).Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undeclared_read_breaks_the_footprint_law()
    {
        const string Load = """{"name":"{root}/a.txt"}""";
        var reader = new Ledger { Reads = s_save };

        Assert.IsType<LawOutcome.Held>((await reader.CheckAsync("load", Load, s_old))[Law.Footprint]);
        var broken = Assert.IsType<LawOutcome.Broken>((await reader.CheckAsync("load_beside", Load, s_old, ("secret.txt", "s")))[Law.Footprint]);
        Assert.Contains(broken.Evidence, static line => line.EndsWith("/secret.txt (its content)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_read_that_writes_breaks_the_footprint_law()
    {
        var laws = await new Ledger { Reads = s_overwrite }.CheckAsync("peek", """{"name":"Alice"}""");

        Assert.IsType<LawOutcome.Broken>(laws[Law.Footprint]);
        Assert.IsType<LawOutcome.NotPromised>(laws[Law.Undo]);
    }

    [Theory]
    [InlineData(LedgerInverse.AlwaysRemoves)]
    [InlineData(LedgerInverse.DoesNothing)]
    [InlineData(LedgerInverse.Fails)]
    internal async Task A_wrong_inverse_breaks_the_undo_law(LedgerInverse inverse)
    {
        var ledger = new Ledger { Writes = s_overwrite, Inverse = inverse };
        var files = new Ledger { Writes = [.. s_save, "file:{root}/*"], Inverse = inverse };

        Assert.IsType<LawOutcome.Broken>((await ledger.CheckAsync("put", Overwrite))[Law.Undo]);
        Assert.IsType<LawOutcome.Broken>((await files.CheckAsync("save", SaveOver, s_old))[Law.Undo]);
    }

    [Fact]
    public async Task A_call_that_leaves_something_else_each_time_breaks_the_replay_law()
    {
        var laws = await new Ledger { Writes = s_overwrite }.CheckAsync("put_numbered", Overwrite);

        Assert.IsType<LawOutcome.Held>(laws[Law.Undo]);
        Assert.IsType<LawOutcome.Broken>(laws[Law.Replay]);
        var careful = await new Ledger { Writes = s_overwrite, IsReplaySafe = false }.CheckAsync("put_numbered", Overwrite);
        Assert.IsType<LawOutcome.NotPromised>(careful[Law.Replay]);
    }

    [Fact]
    public async Task A_change_that_nobody_notices_breaks_the_guard_law()
    {
        var files = new Ledger { Writes = s_save };
        Assert.IsType<LawOutcome.Held>((await files.CheckAsync("save", SaveOver, s_old))[Law.Guard]);
        Assert.IsType<LawOutcome.NotPromised>((await (files with { IsGuarded = false }).CheckAsync("save", SaveOver, s_old))[Law.Guard]);
        // What is declared is a guard; what is done looks at nothing.
        var entries = new Ledger { Writes = s_overwrite, HasState = true };
        Assert.IsType<LawOutcome.Held>((await entries.CheckAsync("put", Overwrite))[Law.Guard]);
    }

    [Fact]
    public async Task What_cannot_be_seen_is_inconclusive()
    {
        var unseen = await new Ledger { Writes = s_put, HasState = false, IsGuarded = false }.CheckAsync("put", Put);
        var idle = await new Ledger { Writes = s_overwrite }.CheckAsync("put", """{"name":"Alice","value":"1"}""");
        var failing = await new Ledger { Reads = ["file:{root}/missing"] }.CheckAsync("load", """{"name":"{root}/missing"}""");
        var absent = await new Ledger { Reads = s_save }.CheckAsync("no_such_tool", "{}");

        // Without state reads the server's own file is a file like others, and its change was not declared.
        Assert.IsType<LawOutcome.Broken>(unseen[Law.Footprint]);
        Assert.IsType<LawOutcome.Inconclusive>(idle[Law.Undo]);
        Assert.StartsWith("the call fails", Assert.IsType<LawOutcome.Inconclusive>(failing[Law.Footprint]).Why, StringComparison.Ordinal);
        Assert.All(absent, static law => Assert.Contains("no tool no_such_tool", Assert.IsType<LawOutcome.Inconclusive>(law.Value).Why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_irreversible_has_only_its_footprint_checked()
    {
        var laws = await new Ledger { Writes = s_put, IsIrreversible = true }.CheckAsync("put", Put);

        Assert.IsType<LawOutcome.Held>(laws[Law.Footprint]);
        Assert.All([Law.Undo, Law.Replay, Law.Guard], law => Assert.IsType<LawOutcome.NotPromised>(laws[law]));
    }
}
