using System.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Ingress;

/// <summary>What stands for a client's answer that is too long to pass on, so that the server which asked does not wait.</summary>
internal static class TooLongAnswer
{
    public static byte[] Instead(Line.TooLong answer) => JsonRpcError.Answer(
        Encoding.UTF8.GetBytes(answer.Id), JsonRpcError.InternalError,
        $"The client's answer is {answer.Bytes:N0} bytes long and is not passed on (\"messageBytesMax\" in the configuration).");
}
