namespace CoAgent.Runtime.Journal.Codec;

/// <summary>An entry as a journal stores it.</summary>
/// <param name="Version">The version of the encoding.</param>
/// <param name="Kind">Which entry it is.</param>
/// <param name="Call">The call that it is about; null when it is about none or several.</param>
/// <param name="Body">What stays for good: all that the protocol's state is made of again, and texts cut short.</param>
/// <param name="Detail">
/// The long texts as a whole (arguments, results, what was captured); empty when there are none, or when their call was released.
/// </param>
internal sealed record StoredEntry(
    int Version, int Kind, long? Call, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Detail);
