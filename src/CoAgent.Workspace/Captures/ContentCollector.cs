using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Captures;

/// <summary>Names the contents of files, and keeps their bytes where they are to be captured.</summary>
internal abstract class ContentCollector
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>The name and the length of a file's content.</summary>
    internal abstract (ContentId Content, long Length) Take(string absolute);

    private static FileStream Open(string absolute) =>
        new(absolute, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);

    /// <summary>Keeps the bytes, up to a limit.</summary>
    internal sealed class Keeping(long bytesMax) : ContentCollector
    {
        private readonly Dictionary<ContentId, Content> _contents = [];
        private long _total;

        internal ImmutableArray<Content> Contents => [.. _contents.Values];

        internal override (ContentId Content, long Length) Take(string absolute)
        {
            using var file = Open(absolute);
            if (_total + file.Length > bytesMax)
            {
                throw new NotCapturableException(
                    $"what it would change is larger than {bytesMax} bytes, the most that is kept to take one call back; change less at once");
            }

            using var read = new MemoryStream((int)file.Length);
            file.CopyTo(read);
            var content = Content.Of(read.ToArray());
            if (_contents.TryAdd(content.Id, content))
            {
                _total += content.Bytes.Length;
            }

            return (content.Id, content.Bytes.Length);
        }
    }

    /// <summary>Only names them, however long they are.</summary>
    internal sealed class Naming : ContentCollector
    {
        internal override (ContentId Content, long Length) Take(string absolute)
        {
            using var file = Open(absolute);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[(int)Math.Min(ChunkBytes, Math.Max(file.Length, 1))];
            var length = 0L;
            int read;
            while ((read = file.Read(chunk)) > 0)
            {
                hash.AppendData(chunk, 0, read);
                length += read;
            }

            return (new ContentId(BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset())), length);
        }
    }
}

/// <summary>Something cannot be captured; the message says why, to follow "it cannot be taken back:".</summary>
internal sealed class NotCapturableException(string message) : Exception(message);
