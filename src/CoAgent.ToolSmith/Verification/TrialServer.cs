using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace CoAgent.ToolSmith.Verification;

/// <summary>A server that runs in a sandbox, and our connection to it.</summary>
internal sealed class TrialServer : TrialTool
{
    private readonly SandboxProcess _process;
    private readonly McpClient _client;
    private readonly SandboxLimits _limits;
    private readonly TimeProvider _time;

    private TrialServer(Sandbox sandbox, SandboxProcess process, McpClient client, TimeProvider time)
    {
        _process = process;
        _client = client;
        _limits = sandbox.Limits;
        _time = time;
        Programs = new SandboxPrograms(sandbox);
    }

    internal override string? OwnName => _client.ServerInfo?.Name;

    internal override string Version => $"{_client.ServerInfo?.Name} {_client.ServerInfo?.Version}";

    internal override IProgramRunner Programs { get; }

    internal override ImmutableArray<string> HomeWrites() => [.. _process.HomeWrites()];

    /// <summary>Starts one and introduces us.</summary>
    /// <exception cref="SandboxException">It could not be started, or does not speak the protocol; with what it complained of.</exception>
    internal static async Task<TrialServer> StartAsync(
        Sandbox sandbox, SandboxCommand command, TimeProvider time, CancellationToken cancellationToken)
    {
        var process = sandbox.Start(command);
        try
        {
            var transport = new StreamClientTransport(process.Input, process.Output, loggerFactory: null);
            var options = new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "coagent-check", Version = "1" },
                InitializationTimeout = sandbox.Limits.Timeout,
                TimeProvider = time,
            };
            var client = await McpClient.CreateAsync(transport, options, loggerFactory: null, cancellationToken);
            return new TrialServer(sandbox, process, client, time);
        }
        catch (Exception failure) when (failure is McpException or IOException or TimeoutException or HttpRequestException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await process.DisposeAsync();
            throw new SandboxException($"the server did not start ({command.Arguments[0]}): {failure.Message} {process.Errors.Trim()}");
        }
    }

    /// <summary>The tools as it lists them.</summary>
    private async Task<IReadOnlyDictionary<string, JsonElement>> ListToolsAsync(CancellationToken cancellationToken)
    {
        var tools = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var request = new JsonRpcRequest
            {
                Method = "tools/list",
                Params = cursor is null ? new JsonObject() : new JsonObject { ["cursor"] = cursor },
            };
            var answer = await _client.SendRequestAsync(request, cancellationToken);
            foreach (var tool in answer.Result!["tools"]!.AsArray())
            {
                tools[tool!["name"]!.GetValue<string>()] = JsonSerializer.SerializeToElement(tool);
            }

            cursor = answer.Result["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return tools;
    }

    internal override async Task<JsonElement?> DefinitionOfAsync(string tool, CancellationToken cancellationToken) =>
        (await ListToolsAsync(cancellationToken)).TryGetValue(tool, out var definition) ? definition : null;

    // What captures and guards ask of the server is not the call's: only the execution's reads count.
    internal override async Task<(Execution Execution, ReadTrace Reads)> ExecuteAsync(
        IToolProfile profile, NamedCall call, CancellationToken cancellationToken)
    {
        var mark = _process.Mark();
        var execution = await CallAsync(call, call.Request.Tool, call.Request.ArgumentsUtf8, cancellationToken);
        return (execution, _process.ReadsSince(mark));
    }

    /// <inheritdoc/>
    public override async ValueTask<Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_limits.Timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var request = new JsonRpcRequest
        {
            Method = "tools/call",
            Params = new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(argumentsUtf8.Span) },
        };
        try
        {
            var answer = await _client.SendRequestAsync(request, stop.Token);
            var isError = answer.Result?["isError"]?.GetValue<bool>() is true;
            return new Execution.Answered(
                new ToolResult(isError ? ToolResultKind.ToolError : ToolResultKind.Answer, JsonSerializer.SerializeToUtf8Bytes(answer.Result)));
        }
        catch (McpProtocolException refused)
        {
            var error = new JsonObject { ["code"] = (int)refused.ErrorCode, ["message"] = refused.Message };
            return new Execution.Answered(new ToolResult(ToolResultKind.ProtocolError, JsonSerializer.SerializeToUtf8Bytes(error)));
        }
        catch (Exception failure) when (failure is McpException or IOException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Execution.Unknown($"{tool} was not answered: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _process.DisposeAsync();
    }
}
