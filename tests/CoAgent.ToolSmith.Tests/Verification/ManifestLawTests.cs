using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Tests.Support;
using CoAgent.ToolSmith.Verification;
using CoAgent.Workspace.Foreign;

namespace CoAgent.ToolSmith.Tests.Verification;

/// <summary>The laws over manifests as the daemon carries them out.</summary>
public sealed class ManifestLawTests
{
    private const string Name = """{"name":"{name}"}""";
    private const string Old = """{"name":"{name}","value":"{before.value}"}""";
    private static readonly ProfileManifest s_profile = new()
    {
        Profile = "ledger",
        Start = Texts(Fixture.Program, "ledger", "--store", "{root}/ledger.json"),
        State = [Call("all", "{}")],
    };

    private static readonly ToolManifest s_put = new()
    {
        Tool = "put",
        Effect = ToolEffect.Write,
        Write = WriteKind.Blind,
        Writes = [Entry("mcp:ledger/entries/{name}"), Entry("mcp:ledger/entries/*")],
        Prepare = [Call("get", Name) with { Save = "before" }],
        Reverse = new ReverseManifest(
            [
                Call("put", Old) with { When = Condition.Parse("{before.value}") },
                Call("drop", Name) with { When = Condition.Parse("!{before.value}") },
            ],
            [Call("get", Name)],
            IsIdempotent: true),
        Examples =
        [
            new ManifestExample("new", JsonElement.Parse("""{"name":"Bob","value":"2"}""")),
            new ManifestExample("there", JsonElement.Parse("""{"name":"Alice","value":"2"}"""))
            {
                Setup = [Call("put", """{"name":"Alice","value":"1"}""")],
            },
        ],
    };

    private static readonly ToolManifest s_save = new()
    {
        Tool = "save",
        Effect = ToolEffect.Write,
        Write = WriteKind.Blind,
        Writes = [Entry("file:{name}"), Entry("file:{name|parent}/*")],
        State = "files",
        With = ImmutableSortedDictionary<string, ValueTemplate>.Empty.Add("leaves", ValueTemplate.Parse("""[{"path":"{name}","content":"{value}"}]""")),
        Examples =
        [
            new ManifestExample("new", JsonElement.Parse("""{"name":"{root}/a.txt","value":"2"}""")),
            new ManifestExample("there", JsonElement.Parse("""{"name":"{root}/a.txt","value":"2"}"""))
            {
                Files = ImmutableSortedDictionary<string, string>.Empty.Add("a.txt", "1"),
            },
        ],
    };

    [Fact]
    public async Task Right_manifests_are_verified()
    {
        Assert.All((await CheckAsync(s_put)).Results, static result => Assert.IsType<LawOutcome.Held>(result.Outcome));
        Assert.All((await CheckAsync(s_save)).Results, static result => Assert.IsType<LawOutcome.Held>(result.Outcome));
    }

    [Fact]
    public async Task A_wrong_inverse_is_found_by_the_example_that_shows_it()
    {
        var report = await CheckAsync(s_put with { Reverse = s_put.Reverse! with { Steps = [Call("drop", Name)] } });

        Assert.True(report is { IsBroken: true, IsVerified: false });
        Assert.Equal(
            ("there", Law.Undo), Assert.Single(report.Results.Where(static one => one.Outcome is LawOutcome.Broken).Select(static one => (one.Example, one.Law))));
    }

    [Fact]
    public async Task A_wrong_footprint_a_replay_that_differs_and_a_blind_guard_are_found()
    {
        Assert.Equal([Law.Footprint, Law.Undo], Broken(await CheckAsync(s_put with { Tool = "put_noted" })));
        Assert.Equal([Law.Replay], Broken(await CheckAsync(s_put with { Tool = "put_numbered" })));
        Assert.Equal(
            [Law.Guard],
            Broken(await CheckAsync(s_put with { Reverse = s_put.Reverse! with { Guard = [Call("get", """{"name":"Nobody"}""")] } })));
        Assert.Equal([Law.Footprint], Broken(await CheckAsync(s_save with { Writes = [Entry("file:{name}")] })));
    }

    [Fact]
    public async Task Programs_of_a_manifest_run_behind_the_same_walls()
    {
        var outside = Path.Combine(Fixture.Folder, "outside-" + Path.GetRandomFileName());
        var put = s_put with
        {
            Prepare = [.. s_put.Prepare, new Step.Script($"touch '{outside}' || touch \"$CAPTURE/refused\"; ls \"$CAPTURE\"") { Save = "seen" }],
        };

        Assert.All((await CheckAsync(put)).Results, static result => Assert.IsType<LawOutcome.Held>(result.Outcome));
        Assert.False(File.Exists(outside));
        var strict = s_put with { Prepare = [.. s_put.Prepare, new Step.Script($"touch '{outside}'")] };
        Assert.All((await CheckAsync(strict)).Results, static result => Assert.IsType<LawOutcome.Inconclusive>(result.Outcome));
    }

    [Fact]
    public async Task A_manifest_that_only_fails_is_not_verified()
    {
        var report = await CheckAsync(s_save with { Examples = [new ManifestExample("no folder", JsonElement.Parse("""{"name":"{root}/no/a.txt","value":"2"}"""))] });

        Assert.True(report is { IsBroken: false, IsVerified: false }, string.Join('\n', report.Results.Select(static one => $"{one.Law} {one.Outcome}")));
    }

    private static Law[] Broken(CheckReport report) =>
        [.. report.Results.Where(static one => one.Outcome is LawOutcome.Broken).Select(static one => one.Law).Distinct().Order()];

    private static async Task<CheckReport> CheckAsync(ToolManifest manifest)
    {
        var ground = new TrialGround(await Sandboxes.BestAsync(), new SandboxLimits(), Make, TimeProvider.System) { Shown = [Fixture.Folder] };
        var subject = new TrialSubject(s_profile, manifest, ImmutableSortedDictionary<string, ToolManifest>.Empty.Add(manifest.Tool, manifest));
        return (await new ManifestCheck(ground).RunAsync(subject, static _ => { }, CancellationToken.None)).Report;
    }

    private static IToolProfile Make(ForeignServer server, TrialSubject subject, IServerCalls calls, IProgramRunner programs, IContentSource contents) =>
        new ManifestProfiles(new ExecutionPorts(calls, programs, new FilePaths(), [new FileToolState(contents)], contents, TimeProvider.System))
            .Create(server, subject.Profile, subject.Tools);

    private static Step.Call Call(string tool, string arguments) => new(tool, ValueTemplate.Parse(arguments));

    private static FootprintEntry Entry(string id) => new(TextTemplate.Parse(id), When: null);

    private static ImmutableArray<TextTemplate> Texts(params string[] sources) => [.. sources.Select(TextTemplate.Parse)];
}
