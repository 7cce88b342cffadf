using System.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>What the daemon says of itself in requests of its own.</summary>
internal static class OwnMetadata
{
    /// <summary>The <c>_meta</c> that every request of the modern era carries.</summary>
    public static readonly byte[] OfModernRequest =
    [
        (byte)'{', .. ObjectEdit.Member(MetaMembers.ProtocolVersionKey, ObjectEdit.Text(MirrorHeaders.FirstModernVersion)),
        (byte)',', .. ObjectEdit.Member(
            MetaMembers.ClientInfoKey, Encoding.UTF8.GetBytes($$"""{"name":"coagent","version":"{{ProductVersion.Text}}"}""")),
        (byte)',', .. ObjectEdit.Member(MetaMembers.ClientCapabilitiesKey, "{}"u8), (byte)'}',
    ];
}
