using System.Text;

namespace CoAgent.Fixtures.Wire;

/// <summary>Sends one message, without the line's end, to whoever sent the message that is being handled.</summary>
internal delegate ValueTask LineSender(ReadOnlyMemory<byte> line, CancellationToken cancellationToken);

/// <summary>A server of raw messages, whatever carries them.</summary>
internal interface IMessageServer
{
    /// <summary>Handles one message; cancelled when the client cancels it or goes away.</summary>
    Task HandleAsync(WireMessage message, LineSender send, CancellationToken cancellationToken);
}

/// <summary>Sends text.</summary>
internal static class LineSenderExtensions
{
    public static ValueTask TextAsync(this LineSender send, string line, CancellationToken cancellationToken) =>
        send(Encoding.UTF8.GetBytes(line), cancellationToken);
}
