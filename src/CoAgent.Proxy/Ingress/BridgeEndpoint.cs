using System.Net.Sockets;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Ingress;

/// <summary>The daemon's end of a bridge: MCP messages as lines on the workspace's socket, which only its owner can open.</summary>
internal sealed partial class BridgeEndpoint(
    ProxyContext context, SessionDirectory directory, AgentPresence presence, ILogger<BridgeEndpoint> logger)
{
    /// <summary>How long a connection may take to say who it is.</summary>
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    private long _sessionCount;

    /// <summary>Serves one connection on the calling thread until either end closes it.</summary>
    public void Serve(Socket client, CancellationToken stopping)
    {
        using var line = new SocketLine(client, context.Limits.MessageBytesMax, context.Limits.QueueBytesMax);
        using var stop = stopping.UnsafeRegister(static state => ((SocketLine)state!).Dispose(), line);
        try
        {
            if (Greet(line) is { } session)
            {
                Serve(session, line);
            }
        }
        catch (Exception error)
        {
            LogBroken(error);
        }
    }

    private ClientSession? Greet(SocketLine line)
    {
        line.ReadPatience = HelloTimeout;
        if (line.Read() is not { } first)
        {
            return null; // somebody who only looked whether a daemon is here
        }

        line.ReadPatience = TimeSpan.Zero;
        var hello = first is Line.Whole whole ? BridgeHello.Read(whole.Utf8.Span) : null;
        var (session, refusal) = hello switch
        {
            null => (null, "Expected a hello line; use \"coagent connect\" to talk to this daemon."),
            { Version: not BridgeHello.CurrentVersion } => (null,
                $"This bridge speaks version {hello.Version} and the daemon {BridgeHello.CurrentVersion}: run \"coagent stop\" and connect again."),
            _ => Open(hello, new BridgeChannel(line.Writer)),
        };
        try
        {
            line.Writer.WriteAsync(new BridgeWelcome(session?.Id, refusal, context.Limits.MessageBytesMax).ToUtf8(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return session;
        }
        catch (IOException) when (session is not null)
        {
            directory.Remove(session); // gone during the greeting: nothing was opened for it yet
            throw;
        }
    }

    private (ClientSession? Session, string? Refusal) Open(BridgeHello hello, BridgeChannel channel)
    {
        var id = $"stdio:{Interlocked.Increment(ref _sessionCount)}";
        var given = hello.Agent is null ? null : AgentId.TryCreate(hello.Agent);
        var rank = hello.Rank is { } value ? Rank.TryCreate(value) : null;
        if ((hello.Agent is not null && given is null) || (hello.Rank is not null && rank is null))
        {
            return (null, $"The agent's name is not {AgentId.Rule}, or the rank is not a whole number from 1.");
        }

        var clientKey = hello.ClientKey is null ? null : AgentId.TryCreate(hello.ClientKey);
        var fallback = AgentId.TryCreate(hello.Process ?? id) ?? AgentId.Create(id);
        var identity = new ConnectionIdentity(given, clientKey, fallback, rank);
        var session = new ClientSession(context, id, identity, SelectionOf(hello), channel);
        return directory.TryAdd(session)
            ? (session, null)
            : (null, $"There are {directory.Max} sessions already (\"sessionsMax\" in the configuration).");
    }

    private static ServerSelection SelectionOf(BridgeHello hello)
    {
        if (hello.Wrap is { } wrapped)
        {
            var definition = new ServerDefinition.Stdio(
                wrapped.Name, new ServerOptions(), wrapped.Command, wrapped.Args, wrapped.Environment, wrapped.WorkingDirectory);
            return new ServerSelection.Wrapped(definition);
        }

        return hello.Servers.IsDefaultOrEmpty ? new ServerSelection.All() : new ServerSelection.Named(hello.Servers);
    }

    private void Serve(ClientSession session, SocketLine line)
    {
        LogOpened(session.Id, session.Identity.OwnAgent.Value);
        var channel = new BridgeChannel(line.Writer);
        try
        {
            presence.ArrivedAsync(session).AsTask().GetAwaiter().GetResult();
            // With a rank given the transaction begins now; a refusal is told on the handshake and on every call.
            _ = context.Calls.RefusedRankAsync(session.Identity).GetAwaiter().GetResult();
            line.ReadAll(read => DispatchAsync(session, channel, read));
        }
        finally
        {
            directory.Remove(session);
            session.DisposeAsync().AsTask().GetAwaiter().GetResult();
            presence.LeftAsync(session).GetAwaiter().GetResult();
            LogClosed(session.Id);
        }
    }

    private async ValueTask DispatchAsync(ClientSession session, BridgeChannel channel, Line line)
    {
        switch (line)
        {
            case Line.Whole whole when JsonRpcFrame.TryParse(whole.Utf8, context.Limits.NestingLevelsMax, out var frame, out var fault):
                await DispatchAsync(session, channel, frame);
                break;
            case Line.Whole whole:
                _ = JsonRpcFrame.TryParse(whole.Utf8, context.Limits.NestingLevelsMax, out _, out var why);
                await channel.SendAsync(why.AnswerTo(whole.Utf8.Span), []);
                break;
            case Line.TooLong { HasMethod: true } tooLong:
                var words = $"The message is {tooLong.Bytes:N0} bytes long; at most {context.Limits.MessageBytesMax:N0} are taken (\"messageBytesMax\" in the configuration).";
                await channel.SendAsync(
                    JsonRpcError.Answer(System.Text.Encoding.UTF8.GetBytes(tooLong.Id), JsonRpcError.InvalidRequest, words), []);
                break;
            case Line.TooLong { Id.Length: > 0 } answer:
                await session.ClientAnsweredAsync(JsonRpcFrame.Parse(TooLongAnswer.Instead(answer)));
                break;
        }
    }

    private static async ValueTask DispatchAsync(ClientSession session, BridgeChannel channel, JsonRpcFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Request:
                // Not awaited: the next line may be the cancellation of this one, or the answer that it waits for.
                _ = AnswerAsync(session, channel, frame);
                break;
            case FrameKind.Notification when frame.Is(MethodNames.Goodbye):
                session.HasSaidGoodbye = true;
                break;
            case FrameKind.Notification:
                await session.ClientNotifiedAsync(frame);
                break;
            default:
                await session.ClientAnsweredAsync(frame);
                break;
        }
    }

    // The stage boundary of a request behind a bridge: whatever goes wrong here, its client gets an answer.
    private static async Task AnswerAsync(ClientSession session, BridgeChannel channel, JsonRpcFrame frame)
    {
        using var exchange = new BridgeExchange(frame, channel);
        Splice? answer;
        try
        {
            answer = await session.RequestAsync(exchange);
        }
        catch (Exception error)
        {
            session.Failed(error, frame.Method);
            answer = JsonRpcError.Answer(
                exchange.IdUtf8.Span, JsonRpcError.InternalError, "The proxy failed on this request; its log says why.");
        }

        if (answer is { } message && !await channel.SendAsync(message, []))
        {
            await exchange.WhenLost();
        }
    }

    [LoggerMessage(331, LogLevel.Information, "Session {Session} of agent {Agent} is open")]
    private partial void LogOpened(string session, string agent);

    [LoggerMessage(332, LogLevel.Information, "Session {Session} is closed")]
    private partial void LogClosed(string session);

    [LoggerMessage(333, LogLevel.Warning, "A bridge's connection broke")]
    private partial void LogBroken(Exception error);
}
