using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Benchmarks.Floor;

/// <summary>
/// The floor for HTTP to stdio: Kestrel, POST, one child, a JSON answer; no session, no check, no stream.
/// </summary>
internal sealed class HttpFloor(StdioMux mux)
{
    public async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        await using var application = builder.Build();
        application.Run(RelayAsync);
        await application.RunAsync();
    }

    private async Task RelayAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var asker = new HttpAsker();
        if (!await ForwardAsync(context.Request, asker))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var answer = await asker.Answered;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Count;
        await context.Response.Body.WriteAsync(answer);
        ArrayPool<byte>.Shared.Return(answer.Array ?? []);
    }

    private async ValueTask<bool> ForwardAsync(HttpRequest request, HttpAsker asker)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (!read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var isRequest = read.Buffer.IsSingleSegment
                ? mux.Forward(read.Buffer.FirstSpan, asker)
                : mux.Forward(read.Buffer.ToArray(), asker);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            mux.Flush();
            return isRequest;
        }
    }

    private sealed class HttpAsker : IAsker
    {
        private readonly TaskCompletionSource<ArraySegment<byte>> answered =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ArraySegment<byte>> Answered => answered.Task;

        public void Answer(ReadOnlySpan<byte> before, ReadOnlySpan<byte> id, ReadOnlySpan<byte> after)
        {
            var length = before.Length + id.Length + after.Length;
            var bytes = ArrayPool<byte>.Shared.Rent(length);
            before.CopyTo(bytes);
            id.CopyTo(bytes.AsSpan(before.Length));
            after.CopyTo(bytes.AsSpan(before.Length + id.Length));
            answered.SetResult(new ArraySegment<byte>(bytes, 0, length));
        }

        public void Flush()
        {
            // The answer went out whole; there is nothing gathered.
        }
    }
}
