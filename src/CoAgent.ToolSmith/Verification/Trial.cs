using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>One example of one manifest, with a trial folder and a server of its own.</summary>
internal sealed class Trial : IAsyncDisposable
{
    private readonly Sandbox _sandbox;
    private readonly TrialTool _server;
    private readonly TrialSubject _subject;
    private readonly TrialSteps _steps;
    private readonly TrialCall _call;

    private Trial(Sandbox sandbox, TrialTool server, TrialSteps steps, TrialSubject subject, TrialCall call, CallDeclaration declared, JsonElement definition)
    {
        _sandbox = sandbox;
        _server = server;
        _subject = subject;
        _steps = steps;
        _call = call;
        Declared = declared;
        Definition = definition;
    }

    /// <summary>The server's own name and version.</summary>
    internal string Server => _server.Version;

    /// <summary>What the tool is declared to touch.</summary>
    internal CallDeclaration Declared { get; }

    /// <summary>The tool as its server lists it.</summary>
    internal JsonElement Definition { get; }

    /// <summary>Lays out the folder, starts the server, does the setup and declares the call.</summary>
    /// <exception cref="SandboxException">It cannot be tried; the message says why.</exception>
    internal static async Task<Trial> BeginAsync(
        TrialSubject subject, ManifestExample example, TrialGround ground, CancellationToken cancellationToken)
    {
        var isOwn = !subject.Manifest.Exec.IsEmpty;
        if (subject.Profile.Start.IsEmpty && !isOwn)
        {
            throw new SandboxException("the profile does not say how a server is started (\"start\")");
        }

        var sandbox = Sandbox.Create(ground.Support, ground.Limits, ground.Time);
        try
        {
            LayOut(example, sandbox.Root);
            var command = Command(subject.Profile, sandbox.Root);
            command = command with { Shown = [.. ground.Shown, .. HiddenPlaces.Of(command.Arguments, sandbox.Root)] };
            TrialTool server = isOwn
                ? new TrialCommands(sandbox, DefinitionOf(subject.Manifest))
                : await TrialServer.StartAsync(sandbox, command, ground.Time, cancellationToken);
            try
            {
                return await BeginAsync(subject, example, ground, sandbox, server, command, cancellationToken);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
        catch
        {
            sandbox.Dispose();
            throw;
        }
    }

    /// <summary>Makes the call, takes it back, makes it again, and looks at the world each time.</summary>
    /// <exception cref="SandboxException">The call could not be made.</exception>
    internal async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        var before = await LookAsync(cancellationToken);
        var outside = _server.HomeWrites().ToHashSet(StringComparer.Ordinal);
        var canBeTakenBack = !Declared.IsRead && !Declared.IsIrreversible;
        var failed = canBeTakenBack
            ? await _call.MakeAsync(isReplay: false, cancellationToken)
            : await _call.MakeUnpreparedAsync(cancellationToken);
        var seen = new Observation(Declared, before, await LookAsync(cancellationToken))
        {
            Failure = failed,
            Reads = _call.Reads,
            Stores = Stores(_subject.Profile, _sandbox.Root),
            WrittenOutside = [.. _server.HomeWrites().Where(path => !outside.Contains(path))],
        };
        return canBeTakenBack ? await RepeatAsync(seen, cancellationToken) : seen;
    }

    /// <summary>Makes the call.</summary>
    /// <exception cref="SandboxException">It could not be made, or failed.</exception>
    internal async Task<(WorldState Before, WorldState After)> MakeAsync(CancellationToken cancellationToken)
    {
        var before = await LookAsync(cancellationToken);
        return await _call.MakeAsync(isReplay: false, cancellationToken) is { } complaint
            ? throw new SandboxException($"the call fails: {complaint}")
            : (before, await LookAsync(cancellationToken));
    }

    /// <summary>Lets somebody else change what the call has left, and tries to take it back.</summary>
    /// <param name="example">The example.</param>
    /// <param name="before">The world before the call.</param>
    /// <param name="after">The world after it, as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SandboxException">It could not be tried.</exception>
    internal async Task<LawOutcome> GuardAsync(
        ManifestExample example, WorldState before, WorldState after, CancellationToken cancellationToken)
    {
        var plant = new PlantedChange(_steps, _sandbox.Root, Stores(_subject.Profile, _sandbox.Root));
        if (await plant.PlantAsync(example, before, after, cancellationToken) is not { } planted)
        {
            return await GuardAgainstUndoAsync(after, cancellationToken);
        }

        var expected = await LookAsync(cancellationToken);
        var inversion = await _call.TakeBackAsync(cancellationToken);
        var found = await LookAsync(cancellationToken);
        return inversion switch
        {
            Inversion.OutsideWrite when expected.Tree.ChangesTo(found.Tree).IsEmpty => new LawOutcome.Held([]),
            Inversion.OutsideWrite => new LawOutcome.Broken("a change of somebody else was noticed, and overwritten", [planted]),
            _ => new LawOutcome.Broken("a change of somebody else was not noticed", [planted, $"the inverse answered: {inversion}"]),
        };
    }

    // Where no change can be planted, the call is taken back behind the guard's back: the guard must show another world than with the call,
    // and taking it back once more must do nothing.
    private async Task<LawOutcome> GuardAgainstUndoAsync(WorldState after, CancellationToken cancellationToken)
    {
        const string NotPlanted = "no change could be planted that somebody else might have made";
        if (await _call.TakeBackAsync(cancellationToken) is not Inversion.Done)
        {
            return new LawOutcome.Inconclusive(NotPlanted);
        }

        var undone = await LookAsync(cancellationToken);
        if (undone.IsSameAs(after))
        {
            return new LawOutcome.Inconclusive(NotPlanted);
        }

        if (_subject.Manifest.State is null && await _call.GuardShowsTheSameAsync(cancellationToken))
        {
            return new LawOutcome.Broken("the guard shows the same with the call and without it", []);
        }

        var again = await _call.TakeBackAsync(cancellationToken);
        return (await LookAsync(cancellationToken)).IsSameAs(undone)
            ? new LawOutcome.Held([])
            : new LawOutcome.Broken("taken back by somebody else, it was taken back once more", [$"the inverse answered: {again}"]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _sandbox.Dispose();
    }

    private static async Task<Trial> BeginAsync(
        TrialSubject subject, ManifestExample example, TrialGround ground, Sandbox sandbox, TrialTool server, SandboxCommand command,
        CancellationToken cancellationToken)
    {
        if (await server.DefinitionOfAsync(subject.Manifest.Tool, cancellationToken) is not { } definition)
        {
            throw new SandboxException($"the server {server.OwnName} has no tool {subject.Manifest.Tool}");
        }

        var steps = new TrialSteps(server, sandbox, command.Environment);
        await steps.DoAsync(example.Setup, cancellationToken);
        var contents = new TrialContents();
        var foreign = new ForeignServer(subject.Profile.Profile, server.OwnName, subject.Profile.Profile, command.Arguments, sandbox.Root)
        {
            Environment = command.Environment,
        };
        var profile = ground.Profile(foreign, subject, server, server.Programs, contents);
        var arguments = TrialTexts.Fill(example.Arguments, sandbox.Root);
        var declaration = profile.Declare(new ListedTool(subject.Manifest.Tool, Definition: null), arguments) switch
        {
            Declaring.Known known => known.Declaration.Call,
            Declaring.Unknown unknown => throw new SandboxException($"the example's arguments do not fit the manifest: {unknown.Reason}"),
            var other => throw new InvalidOperationException($"There is no declaration {other}."),
        };
        var request = new ToolRequest(foreign.Name, subject.Manifest.Tool, JsonSerializer.SerializeToUtf8Bytes(arguments));
        var named = new NamedCall(new CallId(1), AgentId.Create("check"), request);
        var call = new TrialCall(profile, server, contents, named, declaration.Footprint);
        return new Trial(sandbox, server, steps, subject, call, declaration, definition);
    }

    private async Task<Observation> RepeatAsync(Observation seen, CancellationToken cancellationToken)
    {
        var undo = await _call.TakeBackAsync(cancellationToken);
        seen = seen with { Undo = undo, Undone = await LookAsync(cancellationToken) };
        if (undo is not Inversion.Done || !Declared.IsReplaySafe)
        {
            return seen;
        }

        return await _call.MakeAsync(isReplay: true, cancellationToken) is { } complaint && seen.Failure is null
            ? seen with { NotRedone = complaint }
            : seen with { Redone = await LookAsync(cancellationToken) };
    }

    private async Task<WorldState> LookAsync(CancellationToken cancellationToken)
    {
        var answers = await _steps.ReadAsync(_subject, cancellationToken);
        return new WorldState(TreeState.Of(_sandbox.Root, _sandbox.Limits), answers);
    }

    private static void LayOut(ManifestExample example, string root)
    {
        foreach (var (name, content) in example.Files)
        {
            var path = Path.GetFullPath(name, root);
            if (!path.StartsWith(root + "/", StringComparison.Ordinal))
            {
                throw new SandboxException($"the example has a file outside of the trial folder: {name}");
            }

            Directory.CreateDirectory(name.EndsWith('/') ? path : Path.GetDirectoryName(path)!);
            if (!name.EndsWith('/'))
            {
                File.WriteAllText(path, content);
            }
        }
    }

    // A tool of our own is defined by its manifest: description and schema are what agents get to see.
    private static JsonElement DefinitionOf(ToolManifest manifest) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["name"] = manifest.Tool,
        ["description"] = manifest.Description,
        ["inputSchema"] = manifest.Input is { } input ? JsonNode.Parse(input.GetRawText()) : null,
    });

    private static SandboxCommand Command(ProfileManifest profile, string root) =>
        new([.. profile.Start.Select(part => TrialTexts.Fill(part.Source, root))])
        {
            Environment = profile.Environment.ToImmutableSortedDictionary(
                static one => one.Key, one => TrialTexts.Fill(one.Value.Source, root), StringComparer.Ordinal),
        };

    // What the start names below the folder, but for folders: those hold what the tools are about.
    private static ImmutableArray<string> Stores(ProfileManifest profile, string root) =>
    [
        .. profile.Start.Concat(profile.Environment.Values)
            .Select(static part => part.Source)
            .Where(static source => source.StartsWith("{root}/", StringComparison.Ordinal))
            .Select(source => TrialTexts.Fill(source, root))
            .Where(static path => !Directory.Exists(path)),
    ];
}

/// <summary>What trials are made with.</summary>
/// <param name="Support">The kind of sandbox.</param>
/// <param name="Limits">How much a trial may use.</param>
/// <param name="Profile">What drives manifests.</param>
/// <param name="Time">The clock.</param>
public sealed record TrialGround(SandboxSupport Support, SandboxLimits Limits, TrialProfile Profile, TimeProvider Time)
{
    /// <summary>Folders that servers may see although they lie in a place that is hidden from them.</summary>
    public ImmutableArray<string> Shown { get; init; } = [];
}
