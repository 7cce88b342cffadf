using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Tests.Support;

/// <summary>Checks a tool of the ledger server under what a test declares of it.</summary>
internal sealed record Ledger
{
    /// <summary>What the tool is declared to read; <c>{root}</c> is the trial folder.</summary>
    public string[] Reads { get; init; } = [];

    /// <summary>What it is declared to write.</summary>
    public string[] Writes { get; init; } = [];

    /// <summary>How it is taken back.</summary>
    public LedgerInverse Inverse { get; init; } = LedgerInverse.Right;

    /// <summary>Whether a change of somebody else is looked for.</summary>
    public bool IsGuarded { get; init; } = true;

    /// <summary>Whether it is declared irreversible.</summary>
    public bool IsIrreversible { get; init; }

    /// <summary>Whether it is declared safe to replay.</summary>
    public bool IsReplaySafe { get; init; } = true;

    /// <summary>Whether the profile has state reads.</summary>
    public bool HasState { get; init; } = true;

    /// <summary>What each law shows.</summary>
    public async Task<ImmutableDictionary<Law, LawOutcome>> CheckAsync(string tool, string arguments, params (string Name, string Content)[] files)
    {
        var profile = new ProfileManifest
        {
            Profile = "ledger",
            Start = [Text(Fixture.Program), Text("ledger"), Text("--store"), Text("{root}/ledger.json")],
            State = HasState ? [new Step.Call("all", ValueTemplate.Parse("{}"))] : [],
        };
        var manifest = new ToolManifest
        {
            Tool = tool,
            Effect = Writes.Length == 0 ? ToolEffect.Read : ToolEffect.Write,
            Reverse = new ReverseManifest([], IsGuarded ? profile.State : [], IsIdempotent: true),
            Examples =
            [
                new ManifestExample("one", JsonElement.Parse(arguments))
                {
                    Files = files.ToImmutableSortedDictionary(static file => file.Name, static file => file.Content, StringComparer.Ordinal),
                    Setup = [new Step.Call("put", ValueTemplate.Parse("""{"name":"Alice","value":"1"}"""))],
                },
            ],
        };
        var ground = new TrialGround(
            await Sandboxes.BestAsync(),
            new SandboxLimits(),
            (server, _, calls, _, contents) => new LedgerProfile(this, server, calls, contents),
            TimeProvider.System) { Shown = [Fixture.Folder] };
        var subject = new TrialSubject(profile, manifest, ImmutableSortedDictionary<string, ToolManifest>.Empty.Add(tool, manifest));
        var found = await new ManifestCheck(ground).RunAsync(subject, static _ => { }, CancellationToken.None);
        return found.Report.Results.ToImmutableDictionary(static result => result.Law, static result => result.Outcome);
    }

    private static TextTemplate Text(string source) => TextTemplate.Parse(source);
}

/// <summary>How a test takes a tool of the ledger back.</summary>
internal enum LedgerInverse
{
    /// <summary>To what it was.</summary>
    Right,

    /// <summary>It is removed, also where something was there before.</summary>
    AlwaysRemoves,

    /// <summary>Not at all, and says that it is done.</summary>
    DoesNothing,

    /// <summary>It fails.</summary>
    Fails,
}
