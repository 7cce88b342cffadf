using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proxy.Ingress;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Coordination;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Hosting;

/// <summary>The operator's own hands (protocol.md, section 6): takes a call back, a transaction, releases a quarantine.</summary>
/// <remarks>Behind the same guard as everything else: the token, the host, the origin.</remarks>
/// <param name="coordinator">Orders the calls.</param>
/// <param name="reloadCatalog">Reads the catalog again.</param>
internal sealed class OperatorEndpoint(Coordinator coordinator, Func<CatalogSnapshot> reloadCatalog)
{
    /// <summary>Where its paths begin.</summary>
    public const string Path = "/operator/";

    /// <summary>Calls are to be taken back.</summary>
    public const string UndoPath = Path + "undo";

    /// <summary>A transaction is to be taken back.</summary>
    public const string AbortPath = Path + "abort";

    /// <summary>A quarantine is to be released.</summary>
    public const string ReleasePath = Path + "release";

    /// <summary>The catalog was changed and is to be read again.</summary>
    public const string CatalogPath = Path + "catalog";

    private const int BodyBytesMax = 64 * 1024;

    public Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("POST", UndoPath) => HandleAsync(context, OperatorJson.Default.UndoOrder, UndoAsync),
        ("POST", AbortPath) => HandleAsync(context, OperatorJson.Default.AbortOrder, AbortAsync),
        ("POST", ReleasePath) => HandleAsync(context, OperatorJson.Default.ReleaseOrder, ReleaseAsync),
        ("POST", CatalogPath) => HandleAsync(context, OperatorJson.Default.CatalogOrder, ReloadCatalogAsync),
        _ => RefuseAsync(
            context, StatusCodes.Status404NotFound, $"There is nothing here: POST to {UndoPath}, {AbortPath}, {ReleasePath} or {CatalogPath}."),
    };

    private static async Task HandleAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<HttpContext, T, Task> act)
        where T : class
    {
        var body = await HttpBody.ReadAsync(context.Request, BodyBytesMax);
        T? order;
        try
        {
            order = body is null ? null : JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            order = null;
        }

        await (order is null
            ? RefuseAsync(context, StatusCodes.Status400BadRequest, "The body is not what is asked for here; use the commands of coagent.")
            : act(context, order));
    }

    private async Task UndoAsync(HttpContext context, UndoOrder order)
    {
        var calls = order.Calls.Select(static name => NumberOf(name, 'c')).ToArray();
        if (calls.Length == 0 || calls.Contains(null))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "A call is named by c and a number, such as c17.");
            return;
        }

        // Whoever asked may go; what has begun is carried out.
        var answer = await coordinator.UndoAsync(by: null, [.. calls.Select(static call => new CallId(call!.Value))], context.RequestAborted);
        await WriteAsync(
            context,
            new UndoReport([.. answer.Calls.Select(UndoneReport.Of)], [.. answer.Replayed.Select(static call => $"{call}")]),
            OperatorJson.Default.UndoReport);
    }

    private async Task AbortAsync(HttpContext context, AbortOrder order)
    {
        var snapshot = await coordinator.SnapshotAsync(context.RequestAborted);
        var transaction = snapshot.Open.Select(static status => status.Transaction).FirstOrDefault(one => $"{one.Id}" == order.Of)
            ?? snapshot.Open.Select(static status => status.Transaction).FirstOrDefault(one => one.Agent.Value == order.Of);
        var answer = transaction is null ? null : await coordinator.AbortAsync(transaction.Id, context.RequestAborted);
        if (answer is not { IsKnown: true })
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"No open transaction has the id or the agent '{order.Of}', or it is being taken back. See: coagent status");
            return;
        }

        await WriteAsync(
            context,
            new AbortReport($"{transaction!.Id}", transaction.Agent.Value, [.. answer.Calls.Select(UndoneReport.Of)]),
            OperatorJson.Default.AbortReport);
    }

    private async Task ReleaseAsync(HttpContext context, ReleaseOrder order)
    {
        if (NumberOf(order.Quarantine, 'q') is { } number
            && await coordinator.ReleaseAsync(new QuarantineId(number), order.Verdict, context.RequestAborted))
        {
            await WriteAsync(context, new ReleaseReport(order.Quarantine, order.Verdict), OperatorJson.Default.ReleaseReport);
            return;
        }

        await RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no quarantine '{order.Quarantine}'. See: coagent status");
    }

    private Task ReloadCatalogAsync(HttpContext context, CatalogOrder order)
    {
        var snapshot = reloadCatalog();
        return WriteAsync(
            context, new CatalogRead(snapshot.Tools.Count(), [.. snapshot.Faults.Select(static fault => fault.ToString())]), OperatorJson.Default.CatalogRead);
    }

    private static long? NumberOf(string? name, char letter) =>
        name is { Length: > 1 } && name[0] == letter
        && long.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new OperatorRefusal(message), OperatorJson.Default.OperatorRefusal);
    }

    private static Task WriteAsync<T>(HttpContext context, T report, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, report, type, context.RequestAborted);
    }
}
