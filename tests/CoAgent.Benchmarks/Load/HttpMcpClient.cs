using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Load;

/// <summary>Where a server listens, and the token that it wants to see.</summary>
internal sealed record HttpAddress(int Port, string Path, string? Token);

/// <summary>Calls over HTTP: one session, and a thread with a connection of its own for each call in flight.</summary>
/// <remarks>
/// Connections are new in every load: a server may close one that idles while other rows are measured.
/// </remarks>
internal sealed class HttpMcpClient(OwnProcess server, HttpAddress address) : IMcpClient
{
    private string sessionHeaders = "";
    private int lastNumber = CallKind.FirstId;

    public void Initialize()
    {
        using var connection = new HttpConnection(address.Port);
        Handshake.Require(connection.Exchange(Request(Handshake.Initialize)));
        var session = connection.SessionId is { } id ? $"Mcp-Session-Id: {id}\r\n" : "";
        sessionHeaders = $"MCP-Protocol-Version: {Handshake.ProtocolVersion}\r\n{session}";
        connection.Exchange(Request(Handshake.Initialized));
    }

    public LoadResult Run(LoadPlan plan)
    {
        var message = plan.Kind.Message(CallTemplate.Placeholder);
        List<HttpConnection> connections = [];
        try
        {
            while (connections.Count < plan.InFlight)
            {
                connections.Add(new HttpConnection(address.Port));
            }

            return Run(connections.ConvertAll(
                connection => new Caller(this, connection, plan, new CallTemplate(Request(message)))));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    public void Dispose()
    {
        // Every load has closed its connections; the session ends with the server.
    }

    private static LoadResult Run(List<Caller> loads)
    {
        var watch = Stopwatch.StartNew();
        if (loads is [var single])
        {
            single.Run(watch);
        }
        else
        {
            var threads = loads.ConvertAll(load => new Thread(() => load.Run(watch)));
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }

        var elapsed = watch.Elapsed;
        loads.Find(load => load.Failure is not null)?.Failure?.Throw();
        return new LoadResult(loads.Sum(load => load.Calls), elapsed, [.. loads[0].Latencies.Order()]);
    }

    private byte[] Request(ReadOnlySpan<byte> body)
    {
        var authorization = address.Token is { } token ? $"Authorization: Bearer {token}\r\n" : "";
        var head = $"POST {address.Path} HTTP/1.1\r\nHost: 127.0.0.1:{address.Port}\r\n"
            + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            + $"{authorization}{sessionHeaders}Content-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private sealed class Caller(HttpMcpClient client, HttpConnection connection, LoadPlan plan, CallTemplate template)
    {
        public int Calls { get; private set; }

        public List<double> Latencies { get; } = new(plan.InFlight == 1 ? plan.CallsMax : 0);

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Run(Stopwatch watch)
        {
            try
            {
                CallUntilDone(watch);
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or SocketException)
            {
                // A thread cannot throw to the one that started it; the failure is thrown there once all have ended.
                var told = new InvalidDataException($"{exception.Message} {client.ServersLastWords}", exception);
                Failure = ExceptionDispatchInfo.Capture(told);
            }
        }

        private void CallUntilDone(Stopwatch watch)
        {
            var now = watch.Elapsed;
            while (now < plan.Duration && Calls < plan.CallsMax / plan.InFlight)
            {
                var asked = now;
                var number = Interlocked.Increment(ref client.lastNumber);
                plan.Kind.Require(connection.Exchange(template.Stamp(number)), number);
                Calls++;
                now = watch.Elapsed;
                if (plan.InFlight == 1)
                {
                    Latencies.Add((now - asked).TotalMicroseconds);
                }
            }
        }
    }

    private string ServersLastWords => server.LastWords;
}
