using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Downstream;

/// <summary>How a server defines its tools: by the lists that have passed by, else by a list that is asked for.</summary>
/// <remarks>A server that changes its list, or was opened anew, is asked again when a tool is next called.</remarks>
internal sealed class ToolDefinitions(ServerLink link)
{
    private const int PagesMax = 200;

    private readonly Lock _lock = new();
    private Task<bool> _asking = Task.FromResult(false);
    private int _asked = -1;

    /// <summary>The digest of a tool's definition; null when the server does not list it, or cannot be asked.</summary>
    public async ValueTask<ContentId?> OfAsync(string tool, CancellationToken cancellationToken)
    {
        if (link.Tools.DefinitionOf(tool) is not { } known)
        {
            await AskOnceAsync().WaitAsync(cancellationToken);
            return link.Tools.DefinitionOf(tool);
        }

        return known;
    }

    /// <summary>Every tool that the server lists, as it defines it; null when it cannot be asked.</summary>
    public async Task<ImmutableArray<JsonElement>?> ListAsync(CancellationToken cancellationToken)
    {
        var tools = ImmutableArray.CreateBuilder<JsonElement>();
        var isWhole = await ReadAsync(
            page =>
            {
                foreach (var item in page.Items)
                {
                    tools.Add(JsonElement.Parse(page.Answer.Memory(item.Item).Span, InputRequests.Deep));
                }
            },
            cancellationToken);
        return isWhole ? tools.ToImmutable() : null;
    }

    // One list for all that wait for it; one that failed is asked for again by the next call.
    private Task<bool> AskOnceAsync()
    {
        lock (_lock)
        {
            var edition = link.Tools.Edition;
            if (_asked != edition || (_asking.IsCompletedSuccessfully && !_asking.Result) || _asking.IsFaulted)
            {
                _asked = edition;
                _asking = ReadAsync(link.Tools.Note, CancellationToken.None);
            }

            return _asking;
        }
    }

    private async Task<bool> ReadAsync(Action<ListItems> take, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> cursor = default;
        for (var page = 0; page < PagesMax; page++)
        {
            var reply = await link.RequestAsync(Request(cursor, cancellationToken));
            if (reply is not Reply.Answered { Frame: { Kind: FrameKind.Result } answer })
            {
                return false;
            }

            take(ListItems.Of(answer, "tools"u8));
            if (answer.TextOf(answer.Members.NextCursor) is null)
            {
                return true;
            }

            cursor = answer.Memory(answer.Members.NextCursor);
        }

        return false;
    }

    private RelayRequest Request(ReadOnlyMemory<byte> cursor, CancellationToken cancellationToken)
    {
        byte[] at = cursor.IsEmpty ? [] : ObjectEdit.Member("cursor", cursor.Span);
        byte[] meta = link.IsModern ? ObjectEdit.Member("_meta", OwnMetadata.OfModernRequest) : [];
        byte[] comma = at.Length > 0 && meta.Length > 0 ? [(byte)','] : [];
        var frame = JsonRpcFrame.Parse(
            JsonRpcError.Call("0"u8, MethodNames.ToolsList, (byte[])[(byte)'{', .. at, .. comma, .. meta, (byte)'}']));
        return new RelayRequest(frame, Requester: null, Handshake.StartTimeout) { CancellationToken = cancellationToken };
    }
}
