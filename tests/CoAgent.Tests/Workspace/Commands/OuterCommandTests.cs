using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Workspace.Effects;
using CoAgent.Workspace.Layers;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Tests.Workspace.Commands;

/// <summary>Commands that act on something outside of files which a manifest captures and takes back.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OuterCommandTests
{
    [Fact]
    public async Task It_runs_once_in_place_and_is_taken_back_from_the_last_effect_to_the_first_with_its_files()
    {
        using var shelf = new Shelf();
        using var world = World(shelf, $"echo 2 > {shelf.At("geo")}; echo 3 >> {shelf.At("geo")}; echo 4 > {shelf.At("rate")}; echo done > note", "geo", "geo", "rate");
        File.WriteAllText(shelf.At("geo"), "1\n");
        var before = world.Image;
        var declared = world.Declare("bash", new { command = "sh set.sh" }).Call;
        Assert.False(declared.IsIrreversible);
        Assert.Contains(ObjectPattern.Parse("shelf:geo"), declared.Footprint.Writes);
        Assert.Contains(ObjectPattern.Parse("shelf:rate"), declared.Footprint.Writes);
        Assert.Contains(ObjectPattern.Parse(world.RootId + "/note"), declared.Footprint.Writes);

        var made = await world.Make("bash", new { command = "sh set.sh" });
        Assert.Equal("2\n3\n", File.ReadAllText(shelf.At("geo")));
        Assert.Equal("4\n", File.ReadAllText(shelf.At("rate")));
        Assert.Equal("done\n", world.Files.Content("note"));
        Assert.Equal(Finding.Unclear, await world.Probe(made));

        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal("1\n", File.ReadAllText(shelf.At("geo")));
        Assert.False(File.Exists(shelf.At("rate")));
        Assert.Equal(before, world.Image);
        Assert.Equal(["rate", "geo", "geo"], shelf.TakenBack);
        await world.Make(made.Call);
        Assert.Equal("2\n3\n", File.ReadAllText(shelf.At("geo")));
    }

    [Fact]
    public void It_is_irreversible_where_its_manifest_is_not_trusted_or_not_there()
    {
        using var shelf = new Shelf { IsTrusted = false };
        using var world = World(shelf, "true", "geo");
        Assert.True(world.Declare("bash", new { command = "sh set.sh" }).Call.IsIrreversible);
        using var none = World(profiles: null, "true", "geo");
        Assert.True(none.Declare("bash", new { command = "sh set.sh" }).Call.IsIrreversible);
    }

    [Fact]
    public async Task An_inverse_that_fails_stops_there_and_says_so()
    {
        using var shelf = new Shelf();
        using var world = World(shelf, $"echo 2 > {shelf.At("geo")}; echo done > note", "geo");
        var made = await world.Make("bash", new { command = "sh set.sh" });
        shelf.Fault = "the shelf is locked";
        Assert.Equal(new Inversion.Failed("the shelf is locked"), await world.Invert(made));
        Assert.Equal("done\n", world.Files.Content("note"));
    }

    private static EffectsFixture World(Shelf? profiles, string line, params string[] names)
    {
        EffectsFixture world = null!;
        var analyst = new Setting(() => world.RootId, [.. names.Select(static name => new KnownEffect("shelf/set", Encoding.UTF8.GetBytes($$"""{"name":"{{name}}"}""")))]);
        world = new EffectsFixture(
            Environment.IsPrivilegedProcess ? LayerSupport.Privileged : LayerSupport.Unprivileged, isInMemory: true, limits: null, analyst, profiles);
        world.Files.Put("set.sh", line);
        world.Files.Put("a.txt", "a");
        return world;
    }

    /// <summary>Knows one line, which is a script in the tree that is run by name.</summary>
    private sealed class Setting(Func<string> root, System.Collections.Immutable.ImmutableArray<KnownEffect> effects) : ICommandAnalyst
    {
        public CommandAnalysis Analyse(ShellLine line, ICommandFiles files) => new CommandAnalysis.Known(
            Touched.Create([ObjectPattern.Parse(root() + "/set.sh")], [ObjectPattern.Parse(root() + "/note"), ObjectPattern.Parse(root() + "/*")]))
        {
            Effects = effects, NeedsNetwork = true,
        };
    }

    /// <summary>Things outside of every tree, each a file, which one manifest knows how to capture and take back.</summary>
    private sealed class Shelf : IToolProfiles, IToolProfile, IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("coagent-shelf-").FullName;

        public bool IsTrusted { get; init; } = true;

        public string? Fault { get; set; }

        public List<string> TakenBack { get; } = [];

        public string At(string name) => Path.Combine(_folder, name);

        public IToolProfile? Find(ForeignServer server) => server.Profile == "shelf" ? this : null;

        public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) => new(Find(server));

        public Declaring Declare(ListedTool tool, JsonElement arguments) => IsTrusted
            ? new Declaring.Known(new ToolDeclaration(new CallDeclaration(
                Touched.Create([Id(arguments)], [Id(arguments)]))))
            : new Declaring.Unknown("nobody has said so");

        public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken) =>
            new(new Preparation.Ready(new Capture(Look(effect.Call), [])));

        public ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
            WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) => new(Look(effect.Call));

        public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
        {
            if (Fault is not null)
            {
                return new(new Inversion.Failed(Fault));
            }

            TakenBack.Add(NameOf(call));
            var was = Encoding.UTF8.GetString(captured.Before.ManifestUtf8.Span);
            if (was == "-")
            {
                File.Delete(At(NameOf(call)));
            }
            else
            {
                File.WriteAllText(At(NameOf(call)), was);
            }

            return new(new Inversion.Done());
        }

        public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) => new(Finding.Unclear);

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private ReadOnlyMemory<byte> Look(NamedCall call) =>
            Encoding.UTF8.GetBytes(File.Exists(At(NameOf(call))) ? File.ReadAllText(At(NameOf(call))) : "-");

        private static string NameOf(NamedCall call) => JsonElement.Parse(call.Request.ArgumentsUtf8.Span).GetProperty("name").GetString()!;

        private static ObjectPattern Id(JsonElement arguments) => ObjectPattern.Parse("shelf:" + arguments.GetProperty("name").GetString());
    }
}
