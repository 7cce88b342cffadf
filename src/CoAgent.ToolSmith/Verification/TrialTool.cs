using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Who carries out the call of an example: a server, or CoAgent itself where the tool runs commands.</summary>
internal abstract class TrialTool : IServerCalls, IAsyncDisposable
{
    /// <summary>The name that it gives itself; null where it gives none.</summary>
    internal abstract string? OwnName { get; }

    /// <summary>Its name and version, for evidence.</summary>
    internal abstract string Version { get; }

    /// <summary>Runs the programs of the manifest's steps.</summary>
    internal abstract IProgramRunner Programs { get; }

    /// <summary>What it has written into the home directory, where it was thrown away.</summary>
    internal abstract ImmutableArray<string> HomeWrites();

    /// <summary>The tool as it is listed; null where it is not.</summary>
    internal abstract Task<JsonElement?> DefinitionOfAsync(string tool, CancellationToken cancellationToken);

    /// <summary>Executes the call and says what was looked at meanwhile.</summary>
    internal abstract Task<(Execution Execution, ReadTrace Reads)> ExecuteAsync(
        IToolProfile profile, NamedCall call, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask<Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A tool that runs commands: no server is started.</summary>
/// <param name="sandbox">Where they run.</param>
/// <param name="definition">The tool as agents get to see it.</param>
internal sealed class TrialCommands(Sandbox sandbox, JsonElement definition) : TrialTool
{
    private readonly SandboxPrograms _programs = new(sandbox);

    internal override string? OwnName => null;

    internal override string Version => "coagent";

    internal override IProgramRunner Programs => _programs;

    internal override ImmutableArray<string> HomeWrites() => _programs.HomeWrites;

    internal override Task<JsonElement?> DefinitionOfAsync(string tool, CancellationToken cancellationToken) => Task.FromResult<JsonElement?>(definition);

    internal override async Task<(Execution Execution, ReadTrace Reads)> ExecuteAsync(
        IToolProfile profile, NamedCall call, CancellationToken cancellationToken)
    {
        _programs.ForgetReads();
        var execution = await profile.ExecuteAsync(call, cancellationToken) ?? new Execution.NotDone("The manifest has no command to run.");
        return (execution, _programs.Reads);
    }

    public override ValueTask<Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Execution>(new Execution.NotDone("A tool that runs commands has no server that could be called."));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
