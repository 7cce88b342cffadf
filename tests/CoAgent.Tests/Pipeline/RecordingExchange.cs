using System.Text;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Pipeline;

/// <summary>A client's request in a test, with what its client gets before the answer.</summary>
internal sealed class RecordingExchange(string json) : ClientExchange(JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json)))
{
    public List<string> Related { get; } = [];

    public override ValueTask<bool> SendRelatedAsync(Splice message)
    {
        Related.Add(Encoding.UTF8.GetString(message.ToMemory().Span));
        return ValueTask.FromResult(true);
    }
}
