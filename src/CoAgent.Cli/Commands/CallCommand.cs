using System.CommandLine;
using System.Text;
using System.Text.Json;
using CoAgent.Proxy.Bridge;
using CoAgent.Proxy.Wire;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent call SERVER TOOL JSON</c>: one call by hand.</summary>
internal static class CallCommand
{

    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<string?> Config = CommonOptions.Config();
    private static readonly Option<string?> Agent = CommonOptions.Agent();
    private static readonly Option<long?> Rank = CommonOptions.Rank();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Server = new("server") { Description = "A server of the configuration." };
    private static readonly Argument<string> Tool = new("tool") { Description = "One of its tools." };
    private static readonly Argument<string> ToolArguments = new("arguments")
    {
        Description = "The tool's arguments as a JSON object; - reads them from stdin.",
        DefaultValueFactory = static _ => "{}",
    };

    public static Command Create()
    {
        var command = new Command("call", "Make one tool call by hand; exits with 1 when the tool fails.")
        {
            Server, Tool, ToolArguments, Workspace, Config, Agent, Rank, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var server = parsed.GetValue(Server)!;
        var arguments = await ReadArgumentsAsync(parsed.GetValue(ToolArguments)!, cancellationToken);
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), parsed.GetValue(Config));
        var hello = BridgeIdentity.Hello(parsed.GetValue(Agent), parsed.GetValue(Rank)) with { Servers = [server] };
        var socket = await BridgeRunner.Finder(workspace, parsed.GetValue(Config)).EnsureAsync(cancellationToken);
        var (line, _) = DaemonLine.Open(socket, hello);
        using var open = line;
        await using var stop = cancellationToken.UnsafeRegister(static state => ((SocketLine)state!).Dispose(), line);
        await RequestAsync(line, 1, MethodNames.Initialize,
            """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"coagent-call","version":"1"}}""");
        await line.Writer.WriteAsync(JsonRpcError.Call(default, MethodNames.Initialized, default), cancellationToken);
        var answer = await RequestAsync(
            line, 2, MethodNames.ToolsCall, $$"""{"name":{{JsonSerializer.Serialize(parsed.GetValue(Tool)!, CliJson.Default.String)}},"arguments":{{arguments}}}""");
        var status = Print(answer, parsed.GetValue(Json));
        await line.Writer.WriteAsync(JsonRpcError.Call(default, MethodNames.Goodbye, default), cancellationToken);
        return status;
    }

    private static async Task<string> ReadArgumentsAsync(string given, CancellationToken cancellationToken)
    {
        var text = given == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : given;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                // One line: that is what goes over the socket.
                return document.RootElement.GetRawText().ReplaceLineEndings(" ");
            }
        }
        catch (JsonException error)
        {
            throw new CommandException($"the arguments are not valid JSON: {error.Message}");
        }

        throw new CommandException("the arguments must be a JSON object, such as '{\"path\":\"README.md\"}'.");
    }

    private static async Task<JsonRpcFrame> RequestAsync(SocketLine line, int id, string method, string parameters)
    {
        await line.Writer.WriteAsync(
            JsonRpcError.Call(Encoding.UTF8.GetBytes($"{id}"), method, Encoding.UTF8.GetBytes(parameters)), CancellationToken.None);
        while (line.Read() is { } next)
        {
            if (next is not Line.Whole whole)
            {
                throw new CommandException("the answer is too long to print.");
            }

            var frame = JsonRpcFrame.Parse(whole.Utf8);
            if (frame.IsAnswer && frame.IdKey == $"{id}")
            {
                return method == MethodNames.Initialize && frame.Kind == FrameKind.Error ? throw new CommandException(ErrorOf(frame)) : frame;
            }
        }

        throw new CommandException("the daemon went away before it answered; look at .coagent/daemon.log.");
    }

    private static int Print(JsonRpcFrame answer, bool json)
    {
        if (answer.Kind == FrameKind.Error)
        {
            throw new CommandException(ErrorOf(answer));
        }

        using var result = JsonDocument.Parse(answer.Memory(answer.Body), new JsonDocumentOptions { MaxDepth = 1_000 });
        var isError = result.RootElement.TryGetProperty("isError", out var flag) && flag.ValueKind == JsonValueKind.True;
        if (json)
        {
            Console.WriteLine(result.RootElement.GetRawText());
            return isError ? CoAgentCommand.Failed : 0;
        }

        if (result.RootElement.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array)
        {
            foreach (var block in content.EnumerateArray())
            {
                Console.WriteLine(block.TryGetProperty("text", out var text) ? text.GetString() : block.GetRawText());
            }
        }

        return isError ? CoAgentCommand.Failed : 0;
    }

    private static string ErrorOf(JsonRpcFrame answer)
    {
        using var error = JsonDocument.Parse(answer.Memory(answer.Body));
        return error.RootElement.TryGetProperty("message", out var message) ? message.ToString() : error.RootElement.GetRawText();
    }
}
