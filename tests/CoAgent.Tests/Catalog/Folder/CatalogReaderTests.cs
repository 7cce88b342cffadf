using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class CatalogReaderTests : IDisposable
{
    private static readonly CatalogName s_a = new("p", "a");
    private readonly TwoCatalogs _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_workspaces_manifests_win_tool_by_tool()
    {
        _files.Write("shipped/p/profile.yaml", "profile: p\nservers: [p-server]\n");
        _files.Write("shipped/p/a.yaml", TwoCatalogs.Manifest("a"));
        _files.Write("shipped/p/b.yaml", TwoCatalogs.Manifest("b"));
        _files.Write("workspace/p/other-name.yaml", TwoCatalogs.Manifest("a", "mcp:p/mine"));

        var profile = _files.Read().Of(profile: null, "p-server")!;

        Assert.Equal([("a", CatalogOrigin.Workspace), ("b", CatalogOrigin.Shipped)], profile.Tools.Values.Select(static tool => (tool.Name.Tool, tool.Origin)));
        Assert.Empty(_files.Read().Faults);
    }

    [Fact]
    public void A_server_goes_by_what_the_configuration_says_then_by_the_name_that_it_gives_itself()
    {
        _files.Write("shipped/p/profile.yaml", "profile: p\nservers: [one, two]\n");
        _files.Write("workspace/q/a.yaml", TwoCatalogs.Manifest("a"));
        var catalog = _files.Read();

        Assert.Equal("p", catalog.Of(profile: null, "two")?.Name);
        Assert.Equal("q", catalog.Of("q", "two")?.Name);
        Assert.Equal("q", catalog.Of(profile: null, "q")?.Name);
        Assert.Null(catalog.Of("absent", "two"));
        Assert.Null(catalog.Of(profile: null, "three"));
        Assert.Null(catalog.Of(profile: null, ownName: null));
    }

    [Fact]
    public void A_manifest_with_faults_disables_its_tool_alone_also_that_of_the_catalog_that_ships()
    {
        _files.Write("shipped/p/a.yaml", TwoCatalogs.Manifest("a"));
        _files.Write("shipped/p/b.yaml", TwoCatalogs.Manifest("b"));
        _files.Write("workspace/p/a.yaml", "tool: a\neffekt: write\n");

        var catalog = _files.Read();

        Assert.Equal(["b"], catalog.Profiles["p"].Tools.Keys);
        Assert.Equal(["a"], catalog.Profiles["p"].Broken.Keys);
        Assert.Contains(catalog.Faults, fault => fault.ToString().StartsWith($"{_files.PathOf("workspace/p/a.yaml")}:2: effekt: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mcp:p/{path}", null)]
    [InlineData("mcp:p/{head?}/{tail=1}", null)]
    [InlineData("mcp:p/{here}", null)] // the profile gives it
    [InlineData("mcp:p/{pth}", "pth")]
    [InlineData("mcp:p/{path}/{pth?}", "pth")]
    public void A_placeholder_that_names_nothing_disables_its_tool_with_its_place(string id, string? unknown)
    {
        _files.Write("workspace/p/profile.yaml", "profile: p\nvalues: { here: { literal: 1 } }\n");
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", id));
        Assert.Empty(_files.Read().Faults); // what the tool takes is not known
        _files.Own.Trust(_files.Read().Find(s_a)!, TrustLevel.Approved, [TwoCatalogs.Taking("a", "path", "head"), TwoCatalogs.Taking("a", "tail")]);
        var read = _files.Read();

        Assert.Equal(unknown is null, read.Find(s_a) is not null);
        if (unknown is not null)
        {
            var fault = Assert.Single(read.Faults);
            Assert.Equal((_files.PathOf("workspace/p/a.yaml"), 4, "footprint.writes[0]"), (fault.File, fault.Line, fault.Key));
            Assert.Equal(
                $"names {unknown}, which is no argument of the tool, no value of the profile, and saved by no step. Did you mean \"path\"?", fault.Message);
            Assert.Equal(fault, read.Profiles["p"].Broken["a"]);
        }
    }

    [Theory]
    [InlineData("  - run: [cat, \"{no}\"]", "prepare[0].run[1]", 7)]
    [InlineData("  - run: [cat]\n    when: \"{no} == a\"", "prepare[0].when", 8)]
    [InlineData("  - run: [cat]\n    environment:\n      A: \"{no}\"", "prepare[0].environment.A", 9)]
    [InlineData("  - script: cat\n    files: { a: \"{no}\" }", "prepare[0].files.a", 8)]
    [InlineData("  - call: { tool: read, arguments: { a: [ \"{no}\" ] } }", "prepare[0].call.arguments", 7)]
    public void A_name_that_means_nothing_is_found_wherever_templates_stand(string step, string key, int line)
    {
        _files.Write(
            "workspace/p/a.yaml",
            $$"""
            tool: a
            effect: write
            input: { type: object, properties: { path: {} } }
            footprint: { writes: [ "mcp:p/{path}" ] }
            reverse: { steps: [ { call: undo } ] }
            prepare:
            {{step}}

            """);

        var fault = Assert.Single(_files.Read().Faults);

        Assert.Equal((key, line), (fault.Key, fault.Line));
        Assert.StartsWith("names no, which", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_can_say_that_a_name_means_nothing_where_a_tool_takes_what_it_does_not_declare()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/{path}"));
        _files.Own.Trust(_files.Read().Find(s_a)!, TrustLevel.Approved, [TwoCatalogs.Taking("a", "head"), TwoCatalogs.Definition("a")]);

        Assert.Null(_files.Read().Find(s_a)!.Manifest.ArgumentNames);
        Assert.Empty(_files.Read().Faults);
    }

    [Theory]
    [InlineData("profile: q\n", "must be the folder's name, p")]
    [InlineData("profile: [\n", "profile.yaml")]
    public void A_profile_with_faults_is_not_there(string text, string message)
    {
        _files.Write("workspace/p/profile.yaml", text);
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));

        var catalog = _files.Read();

        Assert.Empty(catalog.Profiles);
        Assert.Contains(catalog.Faults, fault => fault.ToString().Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_files_of_one_tool_and_two_profiles_of_one_server_are_said()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/first"));
        _files.Write("workspace/p/b.yaml", TwoCatalogs.Manifest("a", "mcp:p/second"));
        _files.Write("workspace/p/profile.yaml", "profile: p\nservers: [s]\n");
        _files.Write("workspace/q/profile.yaml", "profile: q\nservers: [s]\n");

        var catalog = _files.Read();

        Assert.Contains("first", catalog.Find(s_a)!.Text, StringComparison.Ordinal);
        Assert.Equal("p", catalog.Of(profile: null, "s")?.Name);
        Assert.Equal(["is a as in a.yaml; keep one of the two.", "names s, which goes by the profile p; say in the configuration which is meant (\"profile\")."],
            catalog.Faults.Select(static fault => fault.Message));
    }

    [Theory]
    [InlineData("workspace/_quarantine/p/a.yaml")]
    [InlineData("workspace/.git/a.yaml")]
    [InlineData("workspace/a.yaml")]
    [InlineData("workspace/p/a.yml")]
    [InlineData("workspace/p/deep/a.yaml")]
    public void What_lies_elsewhere_is_no_manifest(string place)
    {
        _files.Write(place, TwoCatalogs.Manifest("a"));

        Assert.Empty(_files.Read().Tools);
        Assert.Empty(_files.Read().Faults);
    }

    [Theory]
    [InlineData(CatalogLimits.FileBytesMax, true)]
    [InlineData(CatalogLimits.FileBytesMax + 1, false)]
    public void A_file_has_a_limit(int bytesCount, bool isRead)
    {
        var text = TwoCatalogs.Manifest("a");
        _files.Write("workspace/p/a.yaml", text + "#" + new string('x', bytesCount - text.Length - 1));

        Assert.Equal(isRead, _files.Read().Find(s_a) is not null);
        Assert.Equal(!isRead, _files.Read().Faults.Any(static fault => fault.Message.Contains("longer than", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_too_many_profiles_the_rest_is_left_out_and_said()
    {
        for (var index = 0; index <= CatalogLimits.ProfilesMax; index++)
        {
            _files.Write($"workspace/p{index:0000}/profile.yaml", $"profile: p{index:0000}\n");
        }

        var catalog = _files.Read();

        Assert.Equal(CatalogLimits.ProfilesMax, catalog.Profiles.Count);
        Assert.Contains("is left out", Assert.Single(catalog.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_cannot_be_read_trusts_nothing_and_is_said()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));
        _files.Write("workspace/catalog.lock", "<<<<<<< ours");

        Assert.Equal(TrustLevel.Draft, _files.Read().Find(s_a)!.Trust);
        Assert.Contains("catalog.lock: line 1 is not JSON", Assert.Single(_files.Read().Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_profile_adds_to_the_meaning_of_its_manifests_changes_them()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));
        _files.Write("workspace/p/profile.yaml", "profile: p\nvalues:\n  n: { literal: 1 }\n");
        var before = _files.Read().Find(s_a)!.Digest;

        _files.Write("workspace/p/profile.yaml", "# a comment\nprofile: p\ndescription: D.\nservers: [s]\nvalues:\n  n: { literal: 1 }\n");
        Assert.Equal(before, _files.Read().Find(s_a)!.Digest);

        _files.Write("workspace/p/profile.yaml", "profile: p\nvalues:\n  n: { literal: 2 }\n");
        Assert.NotEqual(before, _files.Read().Find(s_a)!.Digest);
    }

    [Fact]
    public void How_lines_end_is_no_change()
    {
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));
        var before = _files.Read().Find(s_a)!.Digest;
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a").ReplaceLineEndings("\r\n"));

        Assert.Equal(before, _files.Read().Find(s_a)!.Digest);
    }
}
