using System.Text;
using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Finds the top-level <c>id</c> of a message that is too large to hold, byte by byte, in constant memory.</summary>
internal sealed class OversizeScan
{
    private const int TokenBytesMax = 256;

    private readonly byte[] _token = new byte[TokenBytesMax];
    private int _tokenLength;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _isKey;
    private bool _takesValue;
    private string _key = "";

    /// <summary>How many bytes were seen.</summary>
    public long Bytes { get; private set; }

    /// <summary>The id's spelling; empty when there is none.</summary>
    public string Id { get; private set; } = "";

    /// <summary>True when a top-level <c>method</c> was seen.</summary>
    public bool HasMethod { get; private set; }

    /// <summary>The id of a request that is no proper message; empty where it has none that an answer can carry.</summary>
    public static byte[] RequestIdOf(ReadOnlySpan<byte> message)
    {
        var scan = new OversizeScan();
        scan.Feed(message);
        return scan.HasMethod && scan.Id is ['"' or '-' or (>= '0' and <= '9'), ..] ? Encoding.UTF8.GetBytes(scan.Id) : [];
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        foreach (var value in bytes)
        {
            if (_inString)
            {
                InString(value);
            }
            else
            {
                Outside(value);
            }
        }
    }

    private void InString(byte value)
    {
        Keep(value);
        if (_escaped)
        {
            _escaped = false;
        }
        else if (value == (byte)'\\')
        {
            _escaped = true;
        }
        else if (value == (byte)'"')
        {
            _inString = false;
            EndString();
        }
    }

    private void Outside(byte value)
    {
        switch (value)
        {
            case (byte)'"':
                _inString = true;
                _tokenLength = 0;
                Keep(value);
                break;
            case (byte)'{' or (byte)'[':
                _depth++;
                _isKey = _depth == 1;
                _takesValue = false;
                break;
            case (byte)'}' or (byte)']':
                EndValue();
                _depth--;
                break;
            case (byte)',':
                EndValue();
                _isKey = _depth == 1;
                break;
            case (byte)':':
                _takesValue = _depth == 1;
                _isKey = false;
                _tokenLength = 0;
                break;
            case (byte)' ' or (byte)'\t' or (byte)'\r':
                break;
            default:
                Keep(value);
                break;
        }
    }

    private void EndString()
    {
        if (_depth != 1)
        {
            return;
        }

        if (_isKey)
        {
            _key = Name();
            HasMethod |= _key == "method";
        }
    }

    private void EndValue()
    {
        if (_depth == 1 && _takesValue && _key == "id" && _tokenLength is > 0 and < TokenBytesMax)
        {
            Id = Text();
        }

        _takesValue = false;
        _tokenLength = 0;
    }

    private void Keep(byte value)
    {
        if (_depth <= 1 && _tokenLength < TokenBytesMax)
        {
            _token[_tokenLength++] = value;
        }
    }

    // A name may be spelled with escapes; one that is too long to be kept is none of ours.
    private string Name()
    {
        if (_tokenLength == TokenBytesMax)
        {
            return "";
        }

        var reader = new Utf8JsonReader(_token.AsSpan(0, _tokenLength));
        try
        {
            return reader.Read() ? reader.ReadText() ?? "" : "";
        }
        catch (JsonException)
        {
            return ""; // what is scanned here may be no JSON at all
        }
    }

    private string Text() => Encoding.UTF8.GetString(_token, 0, _tokenLength);
}
