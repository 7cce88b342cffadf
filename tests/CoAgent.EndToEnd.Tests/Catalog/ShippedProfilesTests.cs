using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.Trials.Files;

namespace CoAgent.EndToEnd.Tests.Catalog;

/// <summary>What the shipped profiles declare is what their servers do.</summary>
public sealed class ShippedProfilesTests(NpmPackages packages) : IClassFixture<NpmPackages>
{
    private static readonly string[] WritingProfiles = ["server-filesystem", "server-memory"];

    /// <summary>The profiles whose servers change something, and run here.</summary>
    public static TheoryData<string> Writing => new(WritingProfiles);

    /// <summary>Each undoable tool of them, with each of its examples.</summary>
    public static TheoryData<string, string, string> Writes
    {
        get
        {
            var writes = new TheoryData<string, string, string>();
            foreach (var profile in WritingProfiles.Select(name => ProfiledServer.Shipped.Profiles[name]))
            {
                foreach (var (tool, example) in ExamplesOf(profile, ToolEffect.Write))
                {
                    writes.Add(profile.Name, tool, example.Name);
                }
            }

            return writes;
        }
    }

    [Theory]
    [InlineData("server-filesystem")]
    [InlineData("server-memory")]
    [InlineData("mcp-sqlite")]
    [InlineData("server-everything")]
    public async Task Every_tool_of_the_server_has_a_manifest(string profile)
    {
        await using var server = await ProfiledServer.StartAsync(profile, packages);

        var listed = await server.ListAsync();

        Assert.NotEmpty(listed);
        Assert.Empty(listed.Except(ProfiledServer.Shipped.Profiles[profile].Tools.Keys));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_write_that_is_taken_back_leaves_what_was_there_and_can_be_made_again(string profile, string tool, string example)
    {
        await using var server = await ProfiledServer.StartAsync(profile, packages);
        var chosen = ProfiledServer.Shipped.Profiles[profile].Tools[tool].Manifest.Examples.Single(one => one.Name == example);
        await server.SetUpAsync(chosen);
        var arguments = server.ArgumentsOf(chosen);
        var before = await server.LookAsync();
        if (server.Declare(tool, arguments).Writes.IsEmpty)
        {
            // A dry run, or a query that only looks.
            await server.AskAsync(tool, arguments);
            Assert.Equal(before, await server.LookAsync());
            return;
        }

        var made = await server.MakeAsync(tool, arguments);
        var after = await server.LookAsync();
        var inversion = await server.TakeBackAsync(made);

        Assert.Equal(new Inversion.Done(), inversion);
        Assert.Equal(before, await server.LookAsync());

        var again = await server.MakeAsync(tool, arguments);
        Assert.Equal(after, await server.LookAsync());
        Assert.Equal(made.Result.Utf8.ToArray(), again.Result.Utf8.ToArray());
        Assert.Equal(new Inversion.Done(), await server.TakeBackAsync(again));
        Assert.Equal(before, await server.LookAsync());
    }

    /// <summary>Declared ⊇ observed: where a write changes what a read is answered, their footprints meet.</summary>
    [Theory]
    [MemberData(nameof(Writing))]
    public async Task A_write_that_changes_an_answer_is_declared_to_write_what_was_read(string profile)
    {
        var described = ProfiledServer.Shipped.Profiles[profile];
        var reads = ExamplesOf(described, ToolEffect.Read).ToList();
        var changedCount = 0;
        foreach (var (tool, example) in ExamplesOf(described, ToolEffect.Write))
        {
            await using var server = await ProfiledServer.StartAsync(profile, packages);
            await server.SetUpAsync(example);
            var written = server.Declare(tool, server.ArgumentsOf(example));
            var asked = reads.Select(read => (read.Tool, Arguments: server.ArgumentsOf(read.Example))).ToList();
            var read = asked.Select(one => server.Declare(one.Tool, one.Arguments)).ToList();
            var before = await AskAllAsync(server, asked);

            await server.AskAsync(tool, server.ArgumentsOf(example));
            var after = await AskAllAsync(server, asked);

            foreach (var at in Enumerable.Range(0, asked.Count).Where(at => before[at] != after[at]))
            {
                changedCount++;
                Assert.True(
                    written.Writes.Any(write => read[at].Reads.Any(write.Overlaps)),
                    $"{tool} ({example.Name}) changes what {asked[at].Tool} {asked[at].Arguments} is answered, and is not declared to.");
            }
        }

        Assert.True(changedCount > 3, "something was changed, and seen");
    }

    /// <summary>Declared ⊇ observed: every file that changes is declared to be written.</summary>
    [Fact]
    public async Task Every_file_that_a_write_changes_is_declared()
    {
        foreach (var (tool, example) in ExamplesOf(ProfiledServer.Shipped.Profiles["server-filesystem"], ToolEffect.Write))
        {
            await using var server = await ProfiledServer.StartAsync("server-filesystem", packages);
            await server.SetUpAsync(example);
            var declared = server.Declare(tool, server.ArgumentsOf(example));
            var before = TreeState.Of(server.Root).Entries;

            await server.AskAsync(tool, server.ArgumentsOf(example));
            var after = TreeState.Of(server.Root).Entries;

            foreach (var name in before.Keys.Union(after.Keys).Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name)))
            {
                var file = Protocol.Objects.ObjectPattern.Parse("file:" + Path.Combine(server.Root, name));
                Assert.True(declared.Writes.Any(file.Overlaps), $"{tool} ({example.Name}) changes {name}, and is not declared to.");
            }
        }
    }

    [Fact]
    public async Task What_somebody_outside_has_done_to_the_graph_is_not_taken_back()
    {
        await using var server = await ProfiledServer.StartAsync("server-memory", packages);
        var made = await server.MakeAsync("create_entities", Entity("Ada"));
        await server.AskAsync("create_entities", Entity("Outsider"));
        var before = await server.LookAsync();

        Assert.Equal(new Inversion.OutsideWrite(), await server.TakeBackAsync(made));
        Assert.Equal(before, await server.LookAsync());
    }

    private static JsonElement Entity(string name) =>
        JsonSerializer.SerializeToElement(new { entities = new[] { new { name, entityType = "person", observations = Array.Empty<string>() } } });

    private static async Task<List<string>> AskAllAsync(ProfiledServer server, IEnumerable<(string Tool, JsonElement Arguments)> asked)
    {
        var answers = new List<string>();
        foreach (var (tool, arguments) in asked)
        {
            answers.Add(await server.AskAsync(tool, arguments));
        }

        return answers;
    }

    private static IEnumerable<(string Tool, ManifestExample Example)> ExamplesOf(CatalogedProfile profile, ToolEffect effect) =>
        profile.Tools.Values.Where(tool => tool.Manifest.Effect == effect)
            .SelectMany(tool => tool.Manifest.Examples.Select(example => (tool.Manifest.Tool, example)));
}
