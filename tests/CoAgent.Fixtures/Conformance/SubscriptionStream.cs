using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Answers <c>subscriptions/listen</c>: the acknowledgement, then each change that was asked for.</summary>
internal sealed class SubscriptionStream(ChangeFeed changes)
{
    public async ValueTask<EmptyResult> RunAsync(
        RequestContext<SubscriptionsListenRequestParams> context, CancellationToken cancellationToken)
    {
        var wanted = context.Params.Notifications;
        var listener = changes.Listen();
        try
        {
            await SendAsync(context, NotificationMethods.SubscriptionsAcknowledgedNotification,
                new JsonObject { ["notifications"] = Describe(wanted) }, cancellationToken);
            await foreach (var change in listener.Reader.ReadAllAsync(cancellationToken))
            {
                if (IsWanted(wanted, change))
                {
                    await SendAsync(context, change.NotificationMethod, Payload(change), cancellationToken);
                }
            }
        }
        finally
        {
            changes.Stop(listener);
        }

        return new EmptyResult();
    }

    private static bool IsWanted(SubscriptionsListenNotifications wanted, OfferChange change) =>
        change.NotificationMethod switch
        {
            NotificationMethods.ToolListChangedNotification => wanted.ToolsListChanged == true,
            NotificationMethods.PromptListChangedNotification => wanted.PromptsListChanged == true,
            NotificationMethods.ResourceListChangedNotification => wanted.ResourcesListChanged == true,
            NotificationMethods.ResourceUpdatedNotification =>
                wanted.ResourceSubscriptions?.Contains(change.Uri!) == true,
            _ => false,
        };

    private static JsonObject Describe(SubscriptionsListenNotifications wanted)
    {
        var granted = new JsonObject();
        if (wanted.ToolsListChanged == true)
        {
            granted["toolsListChanged"] = true;
        }

        if (wanted.PromptsListChanged == true)
        {
            granted["promptsListChanged"] = true;
        }

        if (wanted.ResourcesListChanged == true)
        {
            granted["resourcesListChanged"] = true;
        }

        if (wanted.ResourceSubscriptions is { Count: > 0 } uris)
        {
            granted["resourceSubscriptions"] = new JsonArray([.. uris.Select(uri => JsonValue.Create(uri))]);
        }

        return granted;
    }

    private static JsonObject Payload(OfferChange change) =>
        change.Uri is { } uri ? new JsonObject { ["uri"] = uri } : [];

    private static Task SendAsync(
        RequestContext<SubscriptionsListenRequestParams> context,
        string method,
        JsonObject payload,
        CancellationToken cancellationToken)
    {
        payload["_meta"] = new JsonObject
        {
            [MetaKeys.SubscriptionId] = context.JsonRpcRequest.Id.Id is long number
                ? JsonValue.Create(number)
                : JsonValue.Create(context.JsonRpcRequest.Id.ToString()),
        };
        return context.Server.SendMessageAsync(
            new JsonRpcNotification { Method = method, Params = payload }, cancellationToken);
    }
}
