using CoAgent.Fixtures.Echo;
using CoAgent.Fixtures.Hosting;
using CoAgent.Fixtures.Raw;
using CoAgent.Fixtures.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Fixtures.Faulty;

/// <summary>A Streamable HTTP server that misbehaves at tool calls.</summary>
internal sealed class FaultyHttp
{
    /// <summary>The modes that this verb takes, for the usage text.</summary>
    public const string Modes =
        "expire-session, drop-mid-call, never-answers, 500, 401, slow, not-json, exit-mid-call, silent-stream, modern-only, "
        + "legacy-only";

    private readonly WireHttp http;
    private readonly TimeProvider clock;
    private readonly int callsBeforeExpiry;
    private readonly TimeSpan slowness;
    private readonly bool hasSilentStream;
    private int callCount;

    public FaultyHttp(FixtureArguments arguments, TimeProvider clock, Recorder? recorder)
    {
        this.clock = clock;
        callsBeforeExpiry = arguments.FindNumber("--calls") ?? 1;
        slowness = TimeSpan.FromSeconds(arguments.FindNumber("--seconds") ?? 2);
        var mode = arguments.Word(0, "mode");
        hasSilentStream = mode == "silent-stream";
        var echo = new EchoServer(clock) { SpeaksModern = mode != "legacy-only" };
        http = new WireHttp(mode == "modern-only" ? new ModernOnlyServer(echo) : echo)
        {
            Token = arguments.Find("--token"),
            Received = line => recorder?.Write(line),
            Intercept = InterceptorFor(mode),
        };
    }

    public Task HandleAsync(HttpContext context) => hasSilentStream && context.Request.Method == "GET"
        ? NeverAnswerAsync(context)
        : http.HandleAsync(context);

    private Func<HttpContext, WireMessage, Task<bool>>? InterceptorFor(string mode) => mode switch
    {
        "expire-session" => Expire,
        "drop-mid-call" => AtCalls(DropAsync),
        "never-answers" => AtCalls(NeverAnswerAsync),
        "500" => AtCalls(context => FailAsync(context, StatusCodes.Status500InternalServerError)),
        "401" => AtCalls(context => FailAsync(context, StatusCodes.Status401Unauthorized)),
        "slow" => WaitAsync,
        "not-json" => AtCalls(context => context.Response.WriteAsync("<html>not what you asked for</html>")),
        "exit-mid-call" => AtCalls(_ =>
        {
            Environment.Exit(3);
            return Task.CompletedTask;
        }),
        "silent-stream" or "modern-only" or "legacy-only" => null,
        _ => throw new UsageException($"'{mode}' is not a mode. Modes: {Modes}"),
    };

    private static Func<HttpContext, WireMessage, Task<bool>> AtCalls(Func<HttpContext, Task> fault) =>
        async (context, message) =>
        {
            if (message.Tool is null)
            {
                return false;
            }

            await fault(context);
            return true;
        };

    // Once: after the client has initialized again, its calls are answered for good.
    private Task<bool> Expire(HttpContext context, WireMessage message)
    {
        if (message.Tool is not null && Interlocked.Increment(ref callCount) == callsBeforeExpiry + 1)
        {
            http.Sessions.ExpireAll();
        }

        return Task.FromResult(false);
    }

    private static async Task DropAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(
            "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\","
            + "\"params\":{\"level\":\"info\",\"data\":\"going away\"}}\n\n",
            context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);

        // An abort could overtake the event; an exception closes the connection after it, without the end of the body.
        throw new InvalidOperationException("The connection is dropped on purpose.");
    }

    private static async Task NeverAnswerAsync(HttpContext context)
    {
        try
        {
            await Forever.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static Task FailAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("This call fails.", context.RequestAborted);
    }

    private async Task<bool> WaitAsync(HttpContext context, WireMessage message)
    {
        if (message.Tool is not null)
        {
            await Task.Delay(slowness, clock, context.RequestAborted);
        }

        return false;
    }
}
