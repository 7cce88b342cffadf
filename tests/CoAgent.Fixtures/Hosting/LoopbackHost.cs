using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoAgent.Fixtures.Hosting;

/// <summary>Serves one endpoint on 127.0.0.1 and says where as the first line of standard output.</summary>
internal static class LoopbackHost
{
    /// <summary>Runs until <paramref name="cancellationToken"/> is cancelled.</summary>
    public static async Task<int> RunAsync(
        int port, Func<HttpContext, Task> endpoint, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = FixtureLimits.MessageBytesMax;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var app = builder.Build();
        app.Run(new RequestDelegate(endpoint));
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        await Console.Out.WriteLineAsync($"listening {address}/mcp");
        await Console.Out.FlushAsync(cancellationToken);
        await WaitAsync(cancellationToken);
        await app.StopAsync(new CancellationToken(canceled: true));
        return 0;
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }
}
