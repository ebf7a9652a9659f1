// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Names
/// @notice The names of functions, kept as the code of a contract that cannot run.
/// @dev After a STOP: 128 pairs of bytes; then the signatures, each ended by `;`. A byte of 0x80 or
/// more stands for the pair of that number, of earlier pairs or plain characters. Names in storage
/// would cost twenty times as much.
library Names {
    bytes32 private constant RECEIVE = keccak256("receive");
    uint256 private constant FIRST_CODE = 0x80;
    uint256 private constant CODES = 0x100;
    uint256 private constant PAIRS = 1;
    uint256 private constant TEXT = PAIRS + 2 * (CODES - FIRST_CODE);

    struct Book {
        bytes4[] ids;
        bytes[] signatures;
    }

    /// @notice Which function a signature names; `receive` is the ether that comes without calldata.
    function idOf(bytes memory signature) internal pure returns (bytes4) {
        bytes32 hash = keccak256(signature);
        return hash == RECEIVE ? bytes4(0) : bytes4(hash);
    }

    /// @notice All names of a book; none of what is too short to be one.
    function read(address at) internal view returns (Book memory book) {
        bytes memory packed = at.code;
        if (packed.length < TEXT) return book;
        bytes memory text = _unpack(packed);
        uint256 count;
        for (uint256 i = 0; i < text.length; ++i) {
            if (text[i] == ";") ++count;
        }
        book = Book(new bytes4[](count), new bytes[](count));
        uint256 end = text.length;
        while (count > 0) {
            uint256 start = end - 1;
            while (start > 0 && text[start - 1] != ";") --start;
            bytes memory signature = _slice(text, start, end - 1);
            book.signatures[--count] = signature;
            book.ids[count] = idOf(signature);
            end = start;
        }
    }

    /// @notice The name of a function, or nothing.
    function find(Book memory self, bytes4 id) internal pure returns (string memory) {
        for (uint256 i = 0; i < self.ids.length; ++i) {
            if (self.ids[i] == id) return string(self.signatures[i]);
        }
        return "";
    }

    function _unpack(bytes memory packed) private pure returns (bytes memory text) {
        bytes[] memory words = new bytes[](CODES);
        for (uint256 code = 0; code < CODES; ++code) {
            if (code < FIRST_CODE) {
                words[code] = abi.encodePacked(uint8(code));
                continue;
            }
            uint256 at = PAIRS + 2 * (code - FIRST_CODE);
            words[code] = bytes.concat(words[uint8(packed[at])], words[uint8(packed[at + 1])]);
        }
        uint256 length;
        for (uint256 i = TEXT; i < packed.length; ++i) {
            length += words[uint8(packed[i])].length;
        }
        text = new bytes(length);
        uint256 next;
        for (uint256 i = TEXT; i < packed.length; ++i) {
            bytes memory word = words[uint8(packed[i])];
            for (uint256 j = 0; j < word.length; ++j) {
                text[next++] = word[j];
            }
        }
    }

    function _slice(bytes memory text, uint256 start, uint256 end)
        private
        pure
        returns (bytes memory part)
    {
        part = new bytes(end - start);
        for (uint256 i = 0; i < part.length; ++i) {
            part[i] = text[start + i];
        }
    }
}
