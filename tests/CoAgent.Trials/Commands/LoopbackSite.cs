using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoAgent.Trials.Commands;

/// <summary>An HTTP server on this machine, for lines that fetch and for lines that must not.</summary>
internal sealed class LoopbackSite : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _changes;

    private LoopbackSite(WebApplication application) => _application = application;

    /// <summary>Its address, without a slash at its end.</summary>
    public string Address => _application.Urls.First().TrimEnd('/');

    /// <summary>How often it was told to change something.</summary>
    public int ChangeCount => Volatile.Read(ref _changes);

    /// <summary>Starts it at a free port.</summary>
    public static async Task<LoopbackSite> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var site = new LoopbackSite(application);
        application.MapGet("/data.json", () => Results.Text("{\"a\": 1}\n", "application/json"));
        application.MapMethods("/{**path}", ["POST", "PUT", "DELETE"], () =>
        {
            Interlocked.Increment(ref site._changes);
            return Results.Text("changed\n");
        });
        await application.StartAsync(cancellationToken);
        return site;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
